/// One limit of a server.
public struct Limit: Sendable, Equatable {
  public var measure: Measure
  /// Requests or tokens per minute or day, or requests at once; 0 lets nothing through.
  public var value: Int64

  public init(_ measure: Measure, _ value: Int64) {
    self.measure = measure
    self.value = value
  }
}
