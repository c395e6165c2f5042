/// A bucket of tokens that refills at a steady rate, in whole nanoseconds, so that it never drifts.
///
/// Its only state is the time at which it will be full again, the "theoretical arrival time" of GCRA.
package struct TokenBucket: Sendable, Equatable {
  let intervalNanoseconds: Int64
  let burst: Int64
  private var fullAt: Int64 = .min

  /// - Parameters:
  ///   - perSecond: tokens per second, 1 to 1,000,000.
  ///   - burst: tokens of a full bucket, 1 to 1,000,000.
  package init(perSecond: Int, burst: Int) {
    intervalNanoseconds = 1_000_000_000 / Int64(min(max(perSecond, 1), 1_000_000))
    self.burst = Int64(min(max(burst, 1), 1_000_000))
  }

  /// Takes one token; if the bucket is empty, it takes a later one in advance.
  /// - Parameter now: in nanoseconds.
  /// - Returns: nanoseconds until the token is available.
  package mutating func take(at now: Int64) -> Int64 {
    let start = max(fullAt, now)
    fullAt = start + intervalNanoseconds
    return max(0, fullAt - now - burst * intervalNanoseconds)
  }
}
