/// Round numbers inside a range: 1, 2, 2.5 or 5 × 10^k apart.
package struct Ticks: Sendable {
  package let step: Double
  package let values: [Double]

  /// - Parameters:
  ///   - range: finite, within ±1e300, and so wide that its bounds differ in the first nine digits.
  ///   - countMax: at least 1.
  ///   - stepMin: 0, or 1 for whole numbers alone.
  package init(in range: ClosedRange<Double>, atMost countMax: Int, stepMin: Double = 0) {
    let width = range.upperBound - range.lowerBound
    var exponent = PowerOfTen.exponent(of: width / Double(max(1, countMax)))
    while true {
      let power = PowerOfTen.value(exponent)
      for factor in [1, 2, 2.5, 5] {
        let step = factor * power
        if step < stepMin || (stepMin > 0 && step != step.rounded()) { continue }
        // A small tolerance, so that rounding doesn't exclude a tick at a bound.
        let first = (range.lowerBound / step - 1e-9).rounded(.up)
        let last = (range.upperBound / step + 1e-9).rounded(.down)
        if last - first < Double(max(1, countMax)) {
          self.step = step
          values = last < first ? [] : (0...Int(last - first)).map { (first + Double($0)) * step }
          return
        }
      }
      exponent += 1
    }
  }
}

extension ClosedRange<Double> {
  /// The range made fit for ticks: finite, and wide enough to tell its bounds apart.
  package var drawable: ClosedRange<Double> {
    let lower = lowerBound.isFinite ? Swift.min(Swift.max(lowerBound, -valueMax), valueMax) : 0
    let upper = upperBound.isFinite ? Swift.min(Swift.max(upperBound, -valueMax), valueMax) : Swift.max(lower, 0)
    let middle = lower / 2 + upper / 2
    let widthMin = Swift.max(middle.magnitude * 1e-9, 1e-290)
    if upper - lower >= widthMin { return lower...upper }
    let half = middle == 0 ? 0.5 : Swift.max(middle.magnitude * 0.05, widthMin)
    return (middle - half)...(middle + half)
  }
}

/// Larger magnitudes count as infinite, so that sums and differences of smaller ones stay finite.
let valueMax = 1e300

extension Double {
  /// Whether it can be drawn: finite and not larger than `valueMax`.
  @inline(__always) var isDrawable: Bool { magnitude <= valueMax }
}
