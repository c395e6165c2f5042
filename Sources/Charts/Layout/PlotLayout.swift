/// Where the parts of a plot are.
struct PlotLayout: Sendable {
  let header: Header
  /// The area of the data; whole numbers, so that pixels and columns of pixels are the same.
  let frame: Box
  let base: BaseAxis
  /// None if there is no data.
  let value: ValueAxis?
  let margins: Margins
}

/// A plot in a place, and what is known of its data before any position is.
struct PlotDrawing: Sendable {
  let plot: Plot
  let box: Box
  let look: Look
  let range: ClosedRange<Double>
  let extent: Extent?
  private let time: LocalTime?

  /// Free at the right, for the half of the last label that reaches beyond the axis.
  private static let rightMargin = 24.0
  private static let areaMin = 24.0

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
    }
  }

  /// - Parameter minimum: Margins that neighbours have, so that their axes align.
  func layout(minimum: Margins = Margins()) -> PlotLayout {
    // How many lines stand below depends on the width, hence on the labels at the left, hence on the height, hence on how many lines
    // stand below: the fewest that turn out to be enough.
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
    let areaRight = max((box.right - Self.rightMargin).rounded(.down), areaLeft + Self.areaMin)

    let base: BaseAxis =
      if let time {
        BaseAxis(time: time, left: areaLeft, right: areaRight, font: look.label)
      } else if case .linear(_, let title) = plot.x {
        BaseAxis(range: range, title: title, left: areaLeft, right: areaRight, font: look.label)
      } else {
        BaseAxis(range: range, title: "", left: areaLeft, right: areaRight, font: look.label)
      }
    return PlotLayout(
      header: header, frame: Box(x: areaLeft, y: areaTop, width: areaRight - areaLeft, height: areaBottom - areaTop), base: base,
      value: value, margins: Margins(left: left, top: top, bottom: bottom))
  }

  private func valueAxis(for extent: Extent, top: Double, bottom: Double) -> ValueAxis {
    let notes = cornerNotes
    var peak: Double?
    if !notes.isEmpty {
      // The width of the axis is not known yet; a little less of it is assumed, so that the room is rather too much.
      let part = min((notes.map { look.label.width(of: $0) }.max() ?? 0) / max(box.width - 100, 1), 1)
      let start = range.upperBound - (range.upperBound - range.lowerBound) * part
      peak = Extent(of: plot.layers, in: min(start, range.upperBound)...range.upperBound)?.y.upperBound
    }
    return ValueAxis(
      data: extent.y, isFilled: plot.layers.contains { $0.isFilled }, limits: plot.limits, top: top, bottom: bottom, look: look,
      cornerPeak: peak, cornerHeight: Double(notes.count) * look.lineHeight + 6)
  }

  /// What is told in words at the top right, at most three lines.
  var cornerNotes: [String] {
    guard let extent else { return [] }
    let above = plot.limits.filter { $0.value.isDrawable && ValueAxis.isAbove($0, extent.y) }
    let notes = above.map { "\($0.name) is above this scale" }
    return notes.count <= 3 ? notes : notes.prefix(2) + ["\(notes.count - 2) more limits are above this scale"]
  }
}
