/// How often AWS may be asked for single inference profiles that callers name, which anybody can make up.
struct LookupBudget: Sendable {
  private static let countMax = 20
  private static let interval = Duration.seconds(60)

  private var count = 0
  private var beganAt: Duration?

  /// - Returns: whether to ask now.
  mutating func take(at now: Duration) -> Bool {
    if beganAt.map({ now - $0 >= Self.interval }) ?? true { (count, beganAt) = (0, now) }
    guard count < Self.countMax else { return false }
    count += 1
    return true
  }
}
