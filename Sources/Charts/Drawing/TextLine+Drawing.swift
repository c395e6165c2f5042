extension TextLine {
  func draw(x: Double, baseline: Double, into svg: inout Markup) {
    if isEmpty { return }
    svg += "<text x=\"\(x)\" y=\"\(baseline)\">"
    if !text.isEmpty {
      svg += """
        <tspan class="chart-text" fill="\(Theme.text)" font-weight="600" font-size="\(font.size)">\(text)</tspan>
        """
    }
    if !aside.isEmpty {
      let gap: Markup = text.isEmpty ? "" : " dx=\"10\""
      svg += "<tspan class=\"chart-muted\" fill=\"\(Theme.muted)\" font-size=\"\(asideFont.size)\"\(gap)>\(aside)</tspan>"
    }
    svg += "</text>\n"
  }
}
