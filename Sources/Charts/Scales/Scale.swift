/// Where values are drawn: a straight line from a range to SVG units.
package struct Scale: Sendable {
  package let range: ClosedRange<Double>
  package let start: Double
  private let factor: Double

  /// - Parameters:
  ///   - start: Where the lower bound is.
  ///   - end: Where the upper bound is.
  package init(_ range: ClosedRange<Double>, from start: Double, to end: Double) {
    self.range = range
    self.start = start
    factor = (end - start) / (range.upperBound - range.lowerBound)
  }

  package func callAsFunction(_ value: Double) -> Double { start + (value - range.lowerBound) * factor }
}
