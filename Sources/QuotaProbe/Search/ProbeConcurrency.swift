/// How many requests may run at once.
package struct ProbeConcurrency: Sendable, Equatable, Encodable {
  /// So many did.
  package var low: Int
  /// One more did not; nil where nothing was throttled.
  package var high: Int?

  package init(low: Int, high: Int?) { (self.low, self.high) = (low, high) }
}
