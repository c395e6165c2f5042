extension String {
  /// A text of at most so many columns: without the date in an id if it is longer, and then without the part after its beginning,
  /// because the end tells ids apart.
  ///
  /// | text | columns | |
  /// |---|---|---|
  /// | `us.anthropic.claude-sonnet-4-5-20250929-v1:0` | 40 | `us.anthropic.claude-sonnet-4-5…v1:0` |
  /// | | 28 | `us.anth…aude-sonnet-4-5…v1:0` |
  func cut(to columns: Int) -> String {
    var text = printable
    guard text.displayWidth > columns else { return text }
    guard columns > 1 else { return columns == 1 ? "…" : "" }
    text = text.replacing(/-\d{8}-/, with: "…")
    guard text.displayWidth > columns else { return text }
    let head = text.prefix(columns: min(columns / 4, 8))
    var (tail, room) = (Substring(), columns - 1 - head.displayWidth)
    for index in text.indices.reversed() {
      room -= text[index...index].displayWidth
      if room < 0 { break }
      tail = text[index...]
    }
    return "\(head)…\(tail.trimmingPrefix("…"))"
  }
}

extension TerminalLine {
  static func blanks(_ count: Int) -> TerminalLine { "\(String(repeating: " ", count: max(count, 0)))" }

  /// The beginning of the line that takes at most so many columns; an ellipsis shows that there is more.
  func clipped(to columns: Int) -> TerminalLine {
    guard width > columns else { return self }
    var (kept, rest) = ([Piece](), max(columns - 1, 0))
    for piece in pieces {
      let text = piece.text.prefix(columns: rest)
      kept.append(Piece(text: text, style: piece.style))
      rest -= text.displayWidth
      if text.utf8.count < piece.text.utf8.count { break }
    }
    return TerminalLine(pieces: kept) + (columns > 0 ? "…" : "")
  }

  /// This line at the left, and the last of `others` at the right edge that leave two blanks between.
  /// - Parameter others: the richest first.
  func spread(with others: [TerminalLine], width: Int) -> TerminalLine {
    guard let right = others.first(where: { self.width + 2 + $0.width <= width }) else { return clipped(to: width) }
    return self + .blanks(width - self.width - right.width) + right
  }

  /// ` · ` between lines.
  static func joined(_ lines: [TerminalLine]) -> TerminalLine {
    guard let first = lines.first else { return "" }
    return lines.dropFirst().reduce(first) { $0 + "\(" · ", .dim)" + $1 }
  }
}
