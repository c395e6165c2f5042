/// A plot with its place in the picture, and the range and extent of its data.
struct PlacedPlot: Sendable {
  let plot: Plot
  let box: Box
  let look: Look
  let range: ClosedRange<Double>
  let extent: Extent?
  private let time: LocalTime?

  /// Room at the right for the half of the last label that extends beyond the axis.
  private static let rightMargin = 24.0
  private static let areaMin = 24.0
  /// Between the data and the name of a limit at its right.
  static let besideGap = 6.0

  init(_ plot: Plot, in box: Box, look: Look) {
    self.plot = plot
    self.box = box
    self.look = look
    switch plot.x {
    case .time(let asked, let utcOffset):
      let time = LocalTime(asked, utcOffset: utcOffset)
      self.time = time
      range = time.range
      extent = Extent(of: plot.layers, in: range)
    case .linear(let asked, _):
      time = nil
      extent = Extent(of: plot.layers, in: asked ?? -valueMax...valueMax)
      range = (asked ?? extent?.x ?? 0...1).drawable
    case .numbered(let count):
      time = nil
      range = 0.5...Double(max(1, count)) + 0.5
      extent = Extent(of: plot.layers, in: range)
    }
  }

  /// - Parameter minimum: the margins of its neighbours, so that their axes align.
  func layout(minimum: Margins = Margins()) -> PlotLayout {
    // The lines below depend on the width, which depends on the labels at the left, which depend on the height, which depends on the
    // lines below. So try with the fewest lines first.
    let header = Header(plot, width: box.width, height: box.height, look: look)
    var lines = 1
    while true {
      let bottom = max(minimum.bottom, 6 + Double(lines) * look.lineHeight + look.padding / 2)
      let result = layout(header, minimum, top: max(header.height, minimum.top).rounded(), bottom: bottom.rounded())
      if result.base.lines <= lines || lines == 3 { return result }
      lines = result.base.lines
    }
  }

  private func layout(_ header: Header, _ minimum: Margins, top: Double, bottom: Double) -> PlotLayout {
    let areaTop = box.y + top
    let areaBottom = max(box.bottom - bottom, areaTop + Self.areaMin)
    let value = extent.map { valueAxis(for: $0, top: areaTop, bottom: areaBottom) }
    let labelWidth = value?.ticks.map { look.label.width(of: $0.label) }.max() ?? 0
    let titleWidth = plot.yTitle.isEmpty ? 0 : look.lineHeight + 2
    let left = max(minimum.left, (look.padding + titleWidth + labelWidth + 8).rounded(.up))
    let areaLeft = (box.x + left).rounded()
    let right = max(minimum.right, value.map { rightMargin(for: $0) } ?? Self.rightMargin)
    let areaRight = max((box.right - right).rounded(.down), areaLeft + Self.areaMin)

    let base: BaseAxis =
      if let time {
        BaseAxis(time: time, left: areaLeft, right: areaRight, font: look.label)
      } else if case .linear(_, let title) = plot.x {
        BaseAxis(range: range, title: title, left: areaLeft, right: areaRight, font: look.label)
      } else {
        BaseAxis(range: range, stepMin: 1, title: "", left: areaLeft, right: areaRight, font: look.label)
      }
    return PlotLayout(
      header: header, frame: Box(x: areaLeft, y: areaTop, width: areaRight - areaLeft, height: areaBottom - areaTop), base: base,
      value: value, margins: Margins(left: left, right: right, top: top, bottom: bottom))
  }

  /// Room at the right, for the names of limits if they stand there.
  private func rightMargin(for value: ValueAxis) -> Double {
    guard plot.limitsAreNamedBeside else { return Self.rightMargin }
    // At most a third of the picture: longer names are shortened.
    let names = value.drawn.map { look.label.width(of: $0.name) }.max() ?? 0
    return max(Self.rightMargin, min(names + Self.besideGap + 4, box.width / 3))
  }

  private func valueAxis(for extent: Extent, top: Double, bottom: Double) -> ValueAxis {
    let notes = cornerNotes
    var peak: Double?
    if !notes.isEmpty {
      // The width of the axis is not known yet; assume a little less, which leaves too much room rather than too little.
      let part = min((notes.map { look.label.width(of: $0) }.max() ?? 0) / max(box.width - 100, 1), 1)
      let start = range.upperBound - (range.upperBound - range.lowerBound) * part
      peak = Extent(of: plot.layers, in: min(start, range.upperBound)...range.upperBound)?.y.upperBound
    }
    return ValueAxis(
      data: extent.y, isFilled: plot.layers.contains { $0.isFilled }, isCount: plot.isCount, limits: plot.limits, top: top,
      bottom: bottom, look: look, cornerPeak: peak, cornerHeight: Double(notes.count) * look.lineHeight + 6)
  }

  /// The notes in the top right corner about limits above the scale, at most three lines.
  var cornerNotes: [String] {
    guard let extent else { return [] }
    let above = plot.limits.filter { $0.value.isDrawable && ValueAxis.isAbove($0, extent.y) }
    let notes = above.map { "\($0.name) is above this scale" }
    return notes.count <= 3 ? notes : notes.prefix(2) + ["\(notes.count - 2) more limits are above this scale"]
  }
}
