/// Sends at once and tries again after a while: exponential backoff with full jitter, as SDKs do by default.
///
/// Base 1 s, cap 20 s, three attempts: botocore 1.43's standard mode (`retries/standard.py`: `rand(0, 1) · min(2^(n−1), 20 s)`).
package struct JitteredRetry: Policy {
  static let attemptsMax = 3
  static let secondsMax = 20.0
  private var random: Random

  package init(seed: UInt64) { random = Random(seed: seed) }

  package mutating func arrive(_ id: CallID, _ ask: Ask, at now: Int64) -> Verdict { .send }

  package mutating func ended(_ id: CallID, _ ask: Ask, _ reply: Reply, at now: Int64) -> Sequel {
    switch reply {
    case .throttled, .capacity:
      guard ask.attempts < Self.attemptsMax else { return .over }
      return .again(after: Self.delay(afterAttempt: ask.attempts, &random))
    case .completed, .broken, .unknown, .unsent: return .over
    }
  }

  /// Nanoseconds.
  static func delay(afterAttempt attempt: Int, _ random: inout Random) -> Int64 {
    let most = min(Double(1 << min(attempt - 1, 10)), secondsMax)
    return Int64(random.unit() * most * 1e9)
  }
}
