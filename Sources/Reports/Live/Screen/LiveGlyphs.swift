import BedrockQuotas

/// The characters that bars and curves are drawn with: those of Unicode, or ASCII where the terminal shows nothing else.
struct LiveGlyphs {
  let isUnicode: Bool

  var used: Character { isUnicode ? "█" : "#" }
  var reserved: Character { isUnicode ? "▒" : "+" }
  var free: Character { isUnicode ? "·" : "." }
  /// What the service seems not to grant.
  var refused: Character { isUnicode ? "╳" : "x" }
  private static let levels = Array("_.-:=+*#")

  func bar(_ fill: LiveFill, width: Int) -> TerminalLine {
    let columns = fill.columns(of: width)
    func part(_ glyph: Character, _ count: Int) -> String { String(repeating: glyph, count: max(count, 0)) }
    let style = Style(utilization: fill.total)
    return "\(part(used, columns.used), style)\(part(reserved, columns.reserved), style)\(part(free, columns.free), .dim)"
      + "\(part(refused, columns.refused), .warning)"
  }

  /// - Parameter values: nil for an unknown one, which is shown as a blank.
  func curve(_ values: [Double?], width: Int) -> String {
    let curve = Sparkline.draw(values.map { $0 ?? .nan }, width: width)
    guard !isUnicode else { return curve }
    return String(
      curve.unicodeScalars.map { scalar -> Character in
        scalar == " " ? " " : Self.levels[min(max(Int(scalar.value) - 0x2581, 0), Self.levels.count - 1)]
      })
  }

  /// The line in ASCII, of the same width, where the terminal shows nothing else.
  func encoded(_ line: TerminalLine) -> TerminalLine {
    guard !isUnicode else { return line }
    return TerminalLine(pieces: line.pieces.map { .init(text: Self.ascii($0.text), style: $0.style) })
  }

  private static func ascii(_ text: String) -> String {
    guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
    return text.unicodeScalars.map { scalar in
      switch scalar {
      case "–", "·": "-"
      case "…": "~"
      case _ where scalar.isASCII: String(scalar)
      default: String(repeating: "?", count: String(scalar).displayWidth)
      }
    }.joined()
  }
}
