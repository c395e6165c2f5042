extension PlacedPlot {
  /// - Parameters:
  ///   - id: prefix of the ids inside.
  ///   - isNamed: whether the plot has a title and a description of its own, as on a sheet.
  func draw(_ layout: PlotLayout, id: String, isNamed: Bool = false, into svg: inout Markup) {
    let frame = layout.frame
    let top = layout.value?.scale.range.upperBound ?? 0
    let bottom = layout.value?.scale.range.lowerBound ?? 0
    svg += """
      <g class="plot" data-left="\(frame.x)" data-right="\(frame.right)" data-top="\(frame.y)" data-bottom="\(frame.bottom)" \
      data-from="\(exactly: range.lowerBound)" data-to="\(exactly: range.upperBound)" data-ymin="\(exactly: bottom)" \
      data-ymax="\(exactly: top)"
      """
    svg += isNamed ? " role=\"img\"\(Markup.names(id: id, title: plot.spokenTitle, summary: plot.summary))" : ">\n"
    svg += plot.layers.flatMap(\.barColors).stripes(id: id)
    layout.header.draw(x: box.x, y: box.y, id: id, into: &svg)
    if let value = layout.value {
      drawGrid(layout, into: &svg)
      drawLayers(layout, value, id: id, into: &svg)
      drawAxes(layout, into: &svg)
      drawLimits(layout, value, into: &svg)
    } else {
      drawAxes(layout, into: &svg)
      let note = look.subtitle.shortened(plot.emptyNote, to: frame.width)
      svg += """
        <text x="\(frame.x + frame.width / 2)" y="\(frame.y + frame.height / 2)" text-anchor="middle" class="chart-muted" \
        fill="\(Theme.muted)" font-size="\(look.subtitle.size)">\(note)</text>

        """
    }
    svg += "</g>\n"
  }

  private func drawLayers(_ layout: PlotLayout, _ value: ValueAxis, id: String, into svg: inout Markup) {
    let frame = layout.frame
    // Bars need no clipping: they end at the edges of the frame.
    let hasLines = plot.layers.contains { if case .bars = $0 { false } else { true } }
    if hasLines {
      svg += """
        <clipPath id="\(id)-area"><rect x="\(frame.x - 3)" y="\(frame.y - 3)" width="\(frame.width + 6)" \
        height="\(frame.height + 6)"/></clipPath><g clip-path="url(#\(id)-area)">

        """
    }
    for layer in plot.layers {
      switch layer {
      case .bars(let bars): bars.draw(x: layout.base.scale, y: value.scale, frame: frame, id: id, into: &svg)
      case .line(let line): line.draw(as: .line, x: layout.base.scale, y: value.scale, frame: frame, into: &svg)
      case .area(let line): line.draw(as: .area, x: layout.base.scale, y: value.scale, frame: frame, into: &svg)
      case .points(let line): line.draw(as: .points, x: layout.base.scale, y: value.scale, frame: frame, into: &svg)
      }
    }
    if hasLines { svg += "</g>\n" }
  }
}
