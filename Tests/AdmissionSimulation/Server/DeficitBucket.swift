/// A bucket stored as what is missing from its capacity, in parts of a token of which each nanosecond brings `quota`. It is
/// exact.
///
/// The limiter and the emulator store levels instead, so that a mistake of theirs is unlikely to be repeated here.
struct DeficitBucket: Sendable {
  /// The parts of one token: the quota's period in nanoseconds, times the number of shards.
  private let partsPerToken: Int128
  private let seconds: Int64
  private(set) var quota: Int64
  /// In parts. Above the capacity: debt.
  private(set) var missing: Int128 = 0
  private var refilledTo: Int64

  init(quota: Int64, seconds: Int64, period: Int64, shards: Int, at time: Int64) {
    self.quota = quota
    self.seconds = seconds
    partsPerToken = Int128(period) * Int128(shards)
    refilledTo = time
  }

  private var capacity: Int128 { Int128(quota) * Int128(seconds) * 1_000_000_000 }

  /// - Parameter time: as ripened by the server's drift.
  mutating func refill(to time: Int64) {
    guard time > refilledTo else { return }
    missing = max(0, missing - Int128(quota) * Int128(time - refilledTo))
    refilledTo = time
  }

  func has(_ tokens: Int64) -> Bool { missing + Int128(tokens) * partsPerToken <= capacity }

  var hasAnything: Bool { missing < capacity }

  mutating func take(_ tokens: Int64) { missing += Int128(tokens) * partsPerToken }

  mutating func giveBack(_ tokens: Int64) { missing = max(0, missing - Int128(tokens) * partsPerToken) }

  /// Another quota from now on. What has been taken stays taken.
  mutating func setQuota(_ quota: Int64, at time: Int64) {
    refill(to: time)
    self.quota = quota
  }

  /// Tokens that are free. Negative: debt.
  var room: Double { Double(capacity - missing) / Double(partsPerToken) }
}
