/// Tables as files that other programs read.
extension Table {
  /// Comma-separated values, quoted if RFC 4180 requires it, without control characters other than line feeds.
  ///
  /// A spreadsheet would run a cell that begins like a formula, so an apostrophe before it makes it text, as OWASP advises
  /// (owasp.org/www-community/attacks/CSV_Injection). Numbers stay numbers.
  package func csv() -> String {
    ([columns.map(\.title)] + rows.map { $0.map(\.text) }).map { row in row.map(Self.csvCell).joined(separator: ",") }
      .joined(separator: "\n")
  }

  private static func csvCell(_ text: String) -> String {
    // Nearly all cells are plain.
    if text.utf8.allSatisfy({ isPlain($0) }), text.utf8.first.map(isPlainAtStart) ?? true { return text }
    let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
    var cell = lines.map { String(String.UnicodeScalarView($0)).printable }.joined(separator: "\n")
    let start = cell.unicodeScalars.first { !$0.properties.isWhitespace }
    // With the full-width forms, which some spreadsheets take for the narrow ones.
    if let start, "=+-@|%\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}".unicodeScalars.contains(start), !isNumber(text) { cell = "'\(cell)" }
    guard cell.utf8.contains(where: { ",;\"\r\n\t".utf8.contains($0) }) else { return cell }
    let quoted = cell.unicodeScalars.reduce(into: String.UnicodeScalarView()) { out, scalar in
      if scalar == "\"" { out.append(scalar) }
      out.append(scalar)
    }
    return "\"\(String(quoted))\""
  }

  /// Letters, digits and signs that need no quotes.
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: ";"): false
    case 0x20..<0x7F: true
    default: false
    }
  }

  private static func isPlainAtStart(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: false
    }
  }

  private static func isNumber(_ text: String) -> Bool {
    text.wholeMatch(of: /[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?: %)?/) != nil
  }

  /// A table of GitHub Flavored Markdown. Signs with a meaning there are escaped: names are text, not links or HTML.
  package func markdown() -> String {
    func line(_ cells: [String]) -> String { "| \(cells.map(Self.markdownCell).joined(separator: " | ")) |" }
    let rule = columns.map { $0.isNumber ? "---:" : "---" }
    let head = [line(columns.map(\.title)), "| \(rule.joined(separator: " | ")) |"]
    return (head + rows.map { line($0.map(\.text)) }).joined(separator: "\n")
  }

  private static func markdownCell(_ text: String) -> String {
    var out = ""
    for scalar in text.printable.unicodeScalars {
      if "\\`*_{}[]<>|!~&$@#".unicodeScalars.contains(scalar) { out += "\\" }
      out.unicodeScalars.append(scalar)
    }
    // Bare addresses become links by themselves.
    return out.replacing("://", with: "\\://").replacing("www.", with: "www\\.")
  }
}
