/// How many requests may count on reserved capacity at a time if nobody states how much there is.
///
/// One at first, and one more for each reply that the capacity served, so that the number doubles with each round of replies. A request
/// that overflows ends that for a minute, in which requests take a place among the quotas.
struct ReservedTrust: Sendable {
  static let first: Int64 = 1
  static let most: Int64 = 10_000
  /// After a minute, all of the capacity is there again.
  private static let pause = Duration.seconds(60)

  /// Requests at a time.
  private(set) var allowed = first
  private var resumesAt: Duration?

  /// Whether requests may count on the capacity now.
  func allows(at now: Duration) -> Bool { resumesAt.map { now >= $0 } ?? true }

  /// The capacity served a request.
  mutating func served(at now: Duration) {
    if allows(at: now) { allowed = min(allowed + 1, Self.most) }
  }

  /// The capacity was full.
  /// - Parameter timeScale: seconds that pass in the service in one real second.
  mutating func overflowed(at now: Duration, timeScale: Double) {
    allowed = Self.first
    resumesAt = now + Self.pause / timeScale
  }
}
