import Reports

extension FullScreen {
  /// What the terminal shows, and what must be written so that it shows something else.
  struct Frame {
    /// nil: it is unknown what the screen shows.
    private var shown: [String]?
    private var size: Size?

    /// Forgets what the screen shows, so that all of it is drawn next.
    mutating func forget() { shown = nil }

    /// The bytes that draw `lines`, those that have changed; empty if none has.
    /// - Parameter lines: none is wider than the screen.
    mutating func drawing(_ lines: [TerminalLine], usesColor: Bool, size: Size) -> String {
      let texts = lines.prefix(size.height).map { $0.text(usesColor: usesColor) }
      if size != self.size { forget() }
      defer { (shown, self.size) = (Array(texts), size) }
      var out = ""
      if shown == nil { out += "\u{1B}[0m\u{1B}[H\u{1B}[2J" }
      let old = shown ?? Array(repeating: "", count: size.height)
      for row in 0..<size.height {
        let text = row < texts.count ? texts[row] : ""
        guard text != (row < old.count ? old[row] : "") else { continue }
        out += "\u{1B}[\(row + 1);1H\(text)"
        // In the last column, some terminals would erase the character that was just written.
        if row >= lines.count || lines[row].text(usesColor: false).displayWidth < size.width { out += "\u{1B}[K" }
      }
      return out
    }
  }

  /// Of a terminal, in characters.
  struct Size: Equatable {
    var width: Int
    var height: Int
  }
}
