extension Line {
  enum Kind { case line, area, points }

  func draw(as kind: Kind, x: Scale, y: Scale, frame: Box, into svg: inout Markup) {
    let runs = LineReduction(points, x: x, y: y, frame: frame).runs
    let zero = y(min(max(0, y.range.lowerBound), y.range.upperBound))
    var path = Markup()
    var dots = Markup()
    for run in runs {
      if kind == .points || run.count == 1 {
        // A line without length and with round caps is a dot. A single point of a line would be too small to see otherwise.
        for point in run where (frame.x - 1...frame.right + 1).contains(point.x) {
          dots.append("M", point.x)
          dots.append(",", point.y)
          dots.append("h", 0)
        }
        continue
      }
      if kind == .area {
        path.append("M", run[0].x)
        path.append(",", zero)
      }
      for (index, point) in run.enumerated() {
        path.append(index == 0 && kind == .line ? "M" : "L", point.x)
        path.append(",", point.y)
      }
      if kind == .area {
        path.append("L", run[run.count - 1].x)
        path.append(",", zero)
        path.append(byte: UInt8(ascii: "Z"))
      }
    }
    if !path.bytes.isEmpty, kind == .area {
      // The outline keeps a single high minute visible.
      svg += """
        <path class="area" fill="\(color)" fill-opacity="\(Theme.areaOpacity)" stroke="\(color)" stroke-width="0.75" stroke-linejoin="round" d="\(path)"/>

        """
    } else if !path.bytes.isEmpty {
      let dashes: Markup = isDashed ? " stroke-dasharray=\"6 3\"" : ""
      svg += """
        <path class="line" fill="none" stroke="\(color)" stroke-width="1.75" stroke-linejoin="round"\(dashes) d="\(path)"/>

        """
    }
    if !dots.bytes.isEmpty {
      svg += "<path class=\"dots\" stroke=\"\(color)\" stroke-width=\"6\" stroke-linecap=\"round\" d=\"\(dots)\"/>\n"
    }
  }
}
