/// How many requests may run concurrently.
package struct ProbeConcurrency: Sendable, Equatable, Encodable {
  /// The most requests that certainly ran concurrently.
  package var low: Int
  /// With this many running, one more was throttled; nil if nothing was throttled.
  package var high: Int?

  package init(low: Int, high: Int?) { (self.low, self.high) = (low, high) }
}

extension ProbeSearch {
  /// The bounds of concurrency; nil if it was not probed or nothing is known.
  package var concurrency: ProbeConcurrency? {
    guard stop != .otherQuota, case .rounds(let rounds) = phase else { return nil }
    return rounds.bounds
  }
}
