/// The y axis: its range, its ticks and the limits that are drawn in it.
struct ValueAxis: Sendable {
  let scale: Scale
  let ticks: [(value: Double, label: String)]
  /// The limits within the range.
  let drawn: [Limit]
  /// The limits so far above the data that a note names them instead.
  let above: [Limit]

  /// Beyond this multiple of the data's maximum a limit would flatten the data.
  private static let limitRatioMax = 4.0

  static func isAbove(_ limit: Limit, _ data: ClosedRange<Double>) -> Bool {
    limit.value > limitRatioMax * max(data.upperBound, 0)
  }

  /// - Parameters:
  ///   - data: the range of the y values.
  ///   - isFilled: whether zero must be in view.
  ///   - isCount: whether ticks are whole numbers, unless all of the data is below 1.
  ///   - cornerPeak: the largest value below the notes in the top right corner.
  ///   - cornerHeight: the height of those notes, in SVG units.
  init(
    data: ClosedRange<Double>, isFilled: Bool, isCount: Bool, limits: [Limit], top: Double, bottom: Double, look: Look,
    cornerPeak: Double?,
    cornerHeight: Double
  ) {
    let limits = limits.filter(\.value.isDrawable)
    above = limits.filter { Self.isAbove($0, data) }
    let near = limits.filter { !Self.isAbove($0, data) && (!isFilled || $0.value >= 0) }

    var lower = near.reduce(data.lowerBound) { min($0, $1.value) }
    var upper = near.reduce(data.upperBound) { max($0, $1.value) }
    // If zero is near, show it, so that heights can be compared.
    if isFilled || (lower > 0 && (lower < upper / 2 || lower == upper)) { lower = min(lower, 0) }
    if lower == 0, upper < 1e-250 { upper = 1 }
    let margin = (upper / 2 - lower / 2) * 0.1
    if lower != 0 { lower -= margin }
    if upper != 0 { upper += margin }

    /// Raises the upper bound until `value` is at least `room` below it.
    func leave(_ room: Double, above value: Double) {
      let part = min(room / max(bottom - top, 1), 0.5)
      upper = max(upper, (value - lower * part) / (1 - part))
    }
    for limit in near { leave(look.lineHeight + 2, above: limit.value) }
    if let cornerPeak { leave(cornerHeight, above: cornerPeak) }

    let range = (lower...max(lower, upper)).drawable
    let isBelowOne = data.upperBound > 0 && data.upperBound < 1
    let countMax = max(2, Int((bottom - top) / look.tickDistance))
    let ticks = Ticks(in: range, atMost: countMax, stepMin: isCount && !isBelowOne ? 1 : 0)
    let labels = NumberLabels(step: ticks.step, largest: ticks.values.reduce(0) { max($0, $1.magnitude) })
    self.ticks = ticks.values.map { ($0, labels.label($0)) }
    drawn = near
    scale = Scale(range, from: bottom, to: top)
  }
}
