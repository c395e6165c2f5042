import Charts
import Testing

struct MarkupTests {
  @Test(
    arguments: [
      (0, "0"), (1, "1"), (-1, "-1"), (1.5, "1.5"), (0.05, "0.05"), (0.004, "0"), (-0.004, "0"), (0.999, "1"), (12.3456, "12.35"),
      (-7.1, "-7.1"), (1_234_567.89, "1234567.89"), (.nan, "0"), (.infinity, "0"), (1e300, "1000000000"), (-1e300, "-1000000000"),
    ] as [(Double, String)])
  func numbers(_ number: Double, _ expected: String) {
    #expect(("\(number)" as Markup).string == expected)
  }

  @Test(arguments: [
    ("<a href=\"x\">&'", "&lt;a href=&quot;x&quot;&gt;&amp;&#39;"), ("a\nb\tc\r", "a b c "),
    ("\u{0}\u{8}\u{1F}", "\u{FFFD}\u{FFFD}\u{FFFD}"),
    ("\u{FFFE}\u{FFFF}", "\u{FFFD}\u{FFFD}"), ("é日本🙂", "é日本🙂"), ("]]>", "]]&gt;"),
  ])
  func escaping(_ text: String, _ expected: String) {
    #expect(("\(text)" as Markup).string == expected)
  }

  @Test func everyStringOfAPlotIsEscaped() throws {
    let hostile = "<script>alert(\"1\")</script>&'\u{1}"
    let line = Line(name: hostile, color: .blue, points: [(0, 1), (1, 2)])
    let plot = Plot(
      title: hostile, subtitle: hostile, name: hostile, summary: hostile, x: .linear(nil, title: hostile), yTitle: hostile,
      layers: [.line(line)],
      limits: [Limit(value: 1, name: hostile), Limit(value: 100, name: hostile)], emptyNote: hostile)
    let sheet = Sheet(
      title: hostile, subtitle: hostile, summary: hostile,
      rows: [Sheet.Row(heading: hostile, note: hostile, plots: [plot, Plot(emptyNote: hostile)])])
    for svg in [plot.svg(), sheet.svg()] + sheet.panelSVGs(width: 900, height: 200).joined() {
      #expect(!svg.contains("<script"))
      let picture = try Picture(svg)
      #expect(picture.all("script").isEmpty)
    }
    #expect(try Picture(plot.svg(width: 4_000)).texts.contains(hostile.replacing("\u{1}", with: "\u{FFFD}")))
  }

  @Test func shorteningKeepsBothEnds() {
    let font = Font(size: 12)
    let id = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"
    let short = font.shortened(id, to: 120)
    #expect(short.hasPrefix("eu.anth") && short.hasSuffix("-v1:0") && short.contains("…"))
    #expect(font.width(of: short) <= 120)
    #expect(font.shortened(id, to: 1_000) == id)
    #expect(font.shortened(id, to: 3) == "")
    #expect(font.width(of: font.shortened(String(repeating: "日", count: 100_000), to: 100)) <= 100)
    #expect(font.width(of: "日本") > font.width(of: "ab"))
  }
}
