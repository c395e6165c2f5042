extension PlacedPlot {
  /// Draws the lines behind the data.
  func drawGrid(_ layout: PlotLayout, into svg: inout Markup) {
    let frame = layout.frame
    var path = Markup()
    for tick in layout.value?.ticks ?? [] where tick.value != 0 {
      path += "M\(frame.x) \(layout.value!.scale(tick.value).crisp)h\(frame.width)"
    }
    // The start of a day, month or year: what the second line of labels names.
    for mark in layout.base.marks.dropFirst() where !mark.context.isEmpty && mark.position < frame.right - 1 {
      path += "M\(mark.position.crisp) \(frame.y)v\(frame.height)"
    }
    if !path.bytes.isEmpty { svg += "<path class=\"chart-grid\" stroke=\"\(Theme.grid)\" d=\"\(path)\"/>\n" }
  }

  /// Draws the x axis, its marks and all labels over the data.
  func drawAxes(_ layout: PlotLayout, into svg: inout Markup) {
    let frame = layout.frame
    let zero = layout.value.map { min(max($0.scale(0), frame.y), frame.bottom) } ?? frame.bottom
    var path: Markup = "M\(frame.x) \(frame.bottom.crisp)h\(frame.width)"
    if zero.crisp != frame.bottom.crisp, zero > frame.y { path += "M\(frame.x) \(zero.crisp)h\(frame.width)" }
    for mark in layout.base.marks { path += "M\(mark.position.crisp) \(frame.bottom + 1)v4" }
    svg += "<path class=\"chart-axis\" stroke=\"\(Theme.axis)\" d=\"\(path)\"/>\n"

    svg += "<g class=\"chart-muted\" fill=\"\(Theme.muted)\" font-size=\"\(look.label.size)\">"
    drawValueLabels(layout, into: &svg)
    drawBaseLabels(layout, into: &svg)
    svg += "</g>\n"
  }

  private func drawValueLabels(_ layout: PlotLayout, into svg: inout Markup) {
    let frame = layout.frame
    svg += "<g text-anchor=\"end\">"
    for tick in layout.value?.ticks ?? [] {
      let baseline = layout.value!.scale(tick.value) + look.label.size * 0.36
      svg += "<text x=\"\(frame.x - 6)\" y=\"\(baseline)\">\(tick.label)</text>"
    }
    svg += "</g>"
    // A title that is mostly cut off can't be understood.
    if plot.yTitle.isEmpty || look.label.width(of: plot.yTitle) * 0.75 > frame.height { return }
    let title = look.label.shortened(plot.yTitle, to: frame.height)
    let x = box.x + look.padding + look.label.size
    svg += "<text transform=\"translate(\(x) \(frame.y + frame.height / 2))rotate(-90)\" text-anchor=\"middle\">\(title)</text>"
  }

  private func drawBaseLabels(_ layout: PlotLayout, into svg: inout Markup) {
    let frame = layout.frame
    let baseline = frame.bottom + 6 + look.label.size * 0.93
    /// The label's middle, moved inwards if the label would leave the picture.
    func x(_ mark: BaseAxis.Mark, _ text: String) -> Double {
      let half = look.label.width(of: text) / 2
      return min(max(mark.position, box.x + half), box.right - half)
    }
    svg += "<g text-anchor=\"middle\">"
    for mark in layout.base.marks {
      svg += "<text x=\"\(x(mark, mark.label))\" y=\"\(baseline)\">\(mark.label)</text>"
      if mark.context.isEmpty { continue }
      svg += "<text x=\"\(x(mark, mark.context))\" y=\"\(baseline + look.lineHeight)\">\(mark.context)</text>"
    }
    svg += "</g>"
    if layout.base.title.isEmpty { return }
    let titleY = baseline + Double(layout.base.lines - 1) * look.lineHeight
    svg += "<text x=\"\(layout.base.titleX)\" y=\"\(titleY)\" text-anchor=\"middle\">\(layout.base.title)</text>"
  }
}

extension Double {
  /// The nearest position at which a line of one pixel covers exactly one row of pixels.
  var crisp: Double { rounded(.down) + 0.5 }
}
