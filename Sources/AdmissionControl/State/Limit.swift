/// The number that a limiter enforces for one measure.
public struct Limit: Sendable, Equatable {
  /// What the limit counts.
  public var measure: Measure
  /// Requests or tokens per minute or day, or requests in flight; 0 or less admits nothing. Values above 10¹² count as 10¹².
  public var value: Int64

  /// - Parameters:
  ///   - measure: what the limit counts.
  ///   - value: requests or tokens per minute or day, or requests in flight.
  public init(_ measure: Measure, _ value: Int64) {
    self.measure = measure
    self.value = value
  }
}
