/// The colours of everything but the data, and the style sheet of a chart.
package enum Theme {
  package static let text = Color.Tone(light: 0x24_292F, dark: 0xE6_EDF3)
  package static let muted = Color.Tone(light: 0x57_606A, dark: 0x9A_A4AF)
  package static let grid = Color.Tone(light: 0xDF_E3E8, dark: 0x30_363D)
  package static let axis = Color.Tone(light: 0x8C_959F, dark: 0x6E_7681)
  /// That of the page.
  package static let halo = Color.Tone(light: 0xFF_FFFF, dark: 0x0D_1117)

  /// So that grid lines shine through an area, and it still stands out from the page.
  package static let areaOpacity = 0.8

  /// The style sheet that charts without one of their own need from their page.
  ///
  /// Attributes have the light colours, for renderers without style sheets or media queries. Paper is always light.
  package static let css: String = {
    let parts = [
      ("text", "fill", text), ("muted", "fill", muted), ("grid", "stroke", grid), ("axis", "stroke", axis),
      ("halo", "stroke", halo),
    ]
    func rules(_ hex: (Color.Tone) -> String) -> String {
      parts.map { name, property, tone in ".chart-\(name){\(property):\(hex(tone))}" }.joined()
    }
    let data = Color.tones.map { tone in
      ["fill", "stroke"].map { "[\($0)=\"\(tone.lightHex)\"]{\($0):\(tone.darkHex)}" }.joined()
    }
    return """
      \(rules(\.lightHex))
      @media screen and (prefers-color-scheme:dark){
      \(rules(\.darkHex))
      \(data.joined(separator: "\n"))
      }
      """
  }()

  /// For a chart by itself: a browser that shows it alone makes its page dark too.
  static let style: Markup = {
    var style: Markup = "<style>\nsvg{color-scheme:light dark}\n"
    style.append(css: css)
    style += "\n</style>\n"
    return style
  }()
}
