extension Color {
  /// What fills a bar: the colour, or its stripes with the colour for renderers that don't know patterns.
  /// - Parameter id: that of `stripes(id:)`.
  func barFill(id: String) -> Markup { stripe == nil ? "\(self)" : "url(#\(id)-\(name)) \(self)" }

  /// The pattern that `barFill(id:)` names; empty for a plain colour. Both of its tones stand out from the
  /// page, so that the thinnest bar is seen wherever a stripe meets it.
  func stripes(id: String) -> Markup {
    guard let stripe else { return "" }
    return """
      <pattern id="\(id)-\(name)" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">\
      <rect width="6" height="6" fill="\(self)"/><rect width="2.5" height="6" fill="\(stripe.lightHex)"/></pattern>

      """
  }

  /// The colour's digits, for ids.
  private var name: String { String(hex.dropFirst()) }
}

extension [Color] {
  /// The patterns of all colours that have stripes, each once.
  func stripes(id: String) -> Markup {
    var drawn: [Color] = []
    return reduce(into: Markup()) { svg, color in
      if drawn.contains(color) { return }
      drawn.append(color)
      svg += color.stripes(id: id)
    }
  }
}
