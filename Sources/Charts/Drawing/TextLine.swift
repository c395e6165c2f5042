/// A heading, and something less important after it. The two are one text, so that they stand close also in a font that is narrower than
/// assumed.
struct TextLine: Sendable {
  private let text: String
  private let font: Font
  private let aside: String
  private let asideFont: Font

  init(_ text: String, _ font: Font, aside: String, _ asideFont: Font) {
    self.text = text
    self.font = font
    self.aside = aside
    self.asideFont = asideFont
  }

  var isEmpty: Bool { text.isEmpty && aside.isEmpty }

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
