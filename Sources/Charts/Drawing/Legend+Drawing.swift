extension Legend {
  /// - Parameters:
  ///   - top: the top of the first line.
  ///   - id: that of the patterns of striped colours.
  func draw(x left: Double, top: Double, id: String, into svg: inout Markup) {
    if items.isEmpty { return }
    svg += "<g class=\"chart-text\" fill=\"\(Theme.text)\" font-size=\"\(font.size)\">"
    for item in items {
      let middle = top + (Double(item.line) + 0.5) * lineHeight
      var x = left + item.x
      if let entry = item.entry {
        Self.draw(entry, x: x, middle: middle, id: id, into: &svg)
        x += Self.swatch + Self.swatchGap
      }
      svg += "<text x=\"\(x)\" y=\"\(middle + font.size * 0.36)\">\(item.text)</text>"
    }
    svg += "</g>\n"
  }

  private static func draw(_ entry: Entry, x: Double, middle: Double, id: String, into svg: inout Markup) {
    switch entry.shape {
    case .bar, .area:
      let fill: Markup = entry.shape == .bar ? entry.color.barFill(id: id) : "\(entry.color)"
      let opacity: Markup = entry.shape == .area ? " fill-opacity=\"\(Theme.areaOpacity)\"" : ""
      svg += "<rect x=\"\(x)\" y=\"\(middle - 5)\" width=\"\(swatch)\" height=\"10\" rx=\"2\" fill=\"\(fill)\"\(opacity)/>"
    case .line, .dashedLine:
      let dashes: Markup = entry.shape == .dashedLine ? " stroke-dasharray=\"5 2\"" : ""
      svg += "<path d=\"M\(x) \(middle)h\(swatch)\" stroke=\"\(entry.color)\" stroke-width=\"2.5\"\(dashes)/>"
    case .point:
      svg += "<circle cx=\"\(x + swatch / 2)\" cy=\"\(middle)\" r=\"3.5\" fill=\"\(entry.color)\"/>"
    }
  }
}
