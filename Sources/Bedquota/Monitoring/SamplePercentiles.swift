/// Percentiles of a sample, with linear interpolation between the closest ranks (Hyndman and Fan's type 7, the default of NumPy
/// and pandas).
package struct SamplePercentiles: Sendable {
  private let sorted: [Double]

  /// - Parameter values: finite, in any order.
  package init(_ values: [Double]) { sorted = values.sorted() }

  /// - Parameter share: 0 to 1.
  /// - Returns: nil for an empty sample.
  package func callAsFunction(_ share: Double) -> Double? {
    guard let last = sorted.last else { return nil }
    let place = share * Double(sorted.count - 1)
    let low = Int(place.rounded(.down))
    guard low + 1 < sorted.count else { return last }
    return sorted[low] + (place - Double(low)) * (sorted[low + 1] - sorted[low])
  }
}
