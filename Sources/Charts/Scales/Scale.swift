/// A linear mapping from a range of values to SVG units.
package struct Scale: Sendable {
  package let range: ClosedRange<Double>
  package let start: Double
  private let factor: Double

  /// - Parameters:
  ///   - start: the position of the lower bound.
  ///   - end: the position of the upper bound.
  package init(_ range: ClosedRange<Double>, from start: Double, to end: Double) {
    self.range = range
    self.start = start
    factor = (end - start) / (range.upperBound - range.lowerBound)
  }

  package func callAsFunction(_ value: Double) -> Double { start + (value - range.lowerBound) * factor }
}
