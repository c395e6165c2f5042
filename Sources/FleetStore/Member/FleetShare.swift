import DequeModule

/// The part that a member had of all that the store granted to the fleet in the last minute.
struct FleetShare: Sendable {
  private struct Sample: Sendable {
    var at: Int64
    /// Microseconds of the quota that this member was granted, ever.
    var own: Int64
    /// Microseconds of the quota that all members were granted, ever.
    var total: Int64
  }

  private static let sampleNanoseconds: Int64 = 2_000_000_000
  private static let memoryNanoseconds: Int64 = 60_000_000_000
  /// A shorter time says nothing.
  private static let knownNanoseconds: Int64 = 5_000_000_000
  /// What a member takes of its share, so that all together stay below the limit. Stores keep at most 90 % for strict members.
  private static let caution = 0.92
  private static let cautionStrict = 0.9
  /// The part of its share that a member owes to what it had. The rest is equal for all, so that one that was idle is not cut off.
  private static let history = 0.9

  private var samples = Deque<Sample>()
  private var own: Int64 = 0
  /// 0 to 1.
  private(set) var part = 0.0
  /// Members that the store counted last; 0: it has never answered.
  private(set) var members: Int64 = 0

  mutating func granted(_ microseconds: Int64) { own &+= microseconds }

  /// - Parameter total: microseconds of the quota that were granted to all, ever.
  mutating func answered(total: Int64, members: Int64, at now: Int64) {
    self.members = max(members, 1)
    // The store has lost what it knew.
    if let last = samples.last, total < last.total { samples.removeAll() }
    let isDue = samples.last.map { now - $0.at >= Self.sampleNanoseconds } ?? true
    if isDue { samples.append(Sample(at: now, own: own, total: total)) }
    while samples.count > 2, samples[1].at < now - Self.memoryNanoseconds { samples.removeFirst() }
    guard let first = samples.first, total > first.total, now - first.at > Self.knownNanoseconds else { return }
    part = min(1, Double(own - first.own) / Double(total - first.total))
  }

  /// What the member takes of the limits without the store, 0 to 1: docs/design/fleet.md, "A member",
  /// `0.92 · (0.9 · part + 0.1 · flows / members)`, in strict fleets with 0.9 for 0.92.
  /// - Parameter flows: how many of the members that the store counts are this one's.
  func fraction(_ fallback: FleetFallback, isStrict: Bool, flows: Int) -> Double {
    switch fallback {
    case .closed: 0
    case .fixed(let members): 1 / Double(max(members, 1))
    case .share:
      members == 0
        ? 0
        : (isStrict ? Self.cautionStrict : Self.caution)
          * (Self.history * part + (1 - Self.history) * min(1, Double(flows) / Double(members)))
    }
  }
}
