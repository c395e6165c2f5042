extension PlacedPlot {
  private struct Label {
    var text: String
    /// Includes the sample of the line, if there is one.
    var box: Box
    var sample: Color?
  }

  private static let sampleWidth = 16.0

  /// Draws the limits as dashed lines with their names, and lists those that are above the scale.
  func drawLimits(_ layout: PlotLayout, _ value: ValueAxis, into svg: inout Markup) {
    let frame = layout.frame
    let lines = value.drawn.map { value.scale($0.value) }
    for (limit, y) in zip(value.drawn, lines) {
      // A gap in the page's colour keeps the dashes visible on bars.
      svg += """
        <path class="chart-halo" stroke="\(Theme.halo)" stroke-width="3" d="M\(frame.x) \(y)h\(frame.width)"/>\
        <path class="limit" stroke="\(limit.color)" stroke-width="1.5" stroke-dasharray="6 4" \
        d="M\(frame.x) \(y)h\(frame.width)"/>

        """
    }
    var labels: [Label] = []
    for note in cornerNotes {
      let text = look.label.shortened(note, to: frame.width - 8)
      let top = frame.y + 1 + Double(labels.count) * look.lineHeight
      let width = look.label.width(of: text)
      labels.append(Label(text: text, box: Box(x: frame.right - 4 - width, y: top, width: width, height: look.label.size + 2)))
    }
    // A single line needs no sample.
    let sample = lines.count > 1 ? Self.sampleWidth : 0
    if plot.limitsAreNamedBeside {
      draw(labels, into: &svg)
      drawNamesBeside(layout, value, into: &svg)
      return
    }
    for (limit, y) in zip(value.drawn, lines) where !limit.name.isEmpty {
      // At most half of the width, so that a long name doesn't hide all the data.
      let room = min(frame.width - 8, max(frame.width / 2, 180))
      let text = look.label.shortened(limit.name, to: room - sample)
      let width = look.label.width(of: text) + sample
      if let box = place(width: width, at: y, layout, value, lines: lines, taken: labels.map(\.box)) {
        labels.append(Label(text: text, box: box, sample: sample > 0 ? limit.color : nil))
      }
    }
    draw(labels, into: &svg)
  }

  /// Each name at the right end of its line, moved down where another one is.
  private func drawNamesBeside(_ layout: PlotLayout, _ value: ValueAxis, into svg: inout Markup) {
    let x = layout.frame.right + Self.besideGap
    var free = box.y
    svg += "<g class=\"chart-text\" fill=\"\(Theme.text)\" font-size=\"\(look.label.size)\">"
    for limit in value.drawn.sorted(by: { $0.value > $1.value }) where !limit.name.isEmpty {
      let baseline = max(value.scale(limit.value) + look.label.size * 0.36, free + look.label.size)
      svg += "<text x=\"\(x)\" y=\"\(baseline)\">\(look.label.shortened(limit.name, to: box.right - x))</text>"
      free = baseline + look.lineHeight - look.label.size
    }
    svg += "</g>\n"
  }

  private func draw(_ labels: [Label], into svg: inout Markup) {
    if labels.isEmpty { return }
    // A halo in the page's colour keeps the letters readable on bars.
    svg += """
      <g class="chart-text chart-halo" fill="\(Theme.text)" stroke="\(Theme.halo)" stroke-width="4" stroke-linejoin="round" \
      paint-order="stroke" text-anchor="end" font-size="\(look.label.size)">
      """
    for label in labels {
      svg += "<text x=\"\(label.box.right)\" y=\"\(label.box.y + look.label.size * 0.93)\">\(label.text)</text>"
    }
    svg += "</g>\n"
    for label in labels {
      guard let color = label.sample else { continue }
      svg += "<path class=\"sample\" stroke=\"\(color)\" stroke-width=\"2.5\" "
      svg += "d=\"M\(label.box.x) \(label.box.y + label.box.height / 2)h\(Self.sampleWidth - 4)\"/>\n"
    }
  }

  /// The free place nearest to the line at `y` that covers the least data; nil if no place is free.
  private func place(
    width: Double, at y: Double, _ layout: PlotLayout, _ value: ValueAxis, lines: [Double], taken: [Box]
  ) -> Box? {
    let frame = layout.frame
    let above = y - look.label.size - 4
    for distance in 0...4 {
      var best: (box: Box, covered: Double)?
      for top in [above - Double(distance) * look.lineHeight, y + 2 + Double(distance) * look.lineHeight] {
        for x in [frame.right - 4 - width, frame.x + 4, frame.x + (frame.width - width) / 2] {
          let box = Box(x: x, y: top, width: width, height: look.label.size + 2)
          let isFree =
            box.y >= frame.y && box.bottom <= frame.bottom && box.x >= frame.x
            && !taken.contains(where: box.intersects) && !lines.contains { $0 > box.y && $0 < box.bottom }
          if !isFree { continue }
          let covered = max(box.bottom - (peak(below: box, layout, value) ?? box.bottom), 0)
          if covered < best?.covered ?? .infinity { best = (box, covered) }
        }
      }
      if let best { return best.box }
    }
    return nil
  }

  /// The highest data between the sides of a box, as a y of the picture; nil if there is none.
  private func peak(below box: Box, _ layout: PlotLayout, _ value: ValueAxis) -> Double? {
    let scale = layout.base.scale
    let perUnit = (scale.range.upperBound - scale.range.lowerBound) / layout.frame.width
    let from = scale.range.lowerBound + (box.x - layout.frame.x) * perUnit
    let to = scale.range.lowerBound + (box.right - layout.frame.x) * perUnit
    return Extent(of: plot.layers, in: min(from, to)...max(from, to)).map { value.scale($0.y.upperBound) }
  }
}
