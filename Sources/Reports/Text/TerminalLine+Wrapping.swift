extension TerminalLine {
  /// The line on as many lines as it needs, broken at blanks only, so that an id or a path can still be copied.
  ///
  /// What is divided by ` · ` begins a line of its own if it doesn't fit into the rest of one. A word that is wider than the terminal has a line of its own.
  /// - Parameters:
  ///   - width: columns of a line; nil if it doesn't matter.
  ///   - hang: by how much the lines after the first are indented further than the first.
  package func wrapped(to width: Int?, hang: Int = 2) -> [TerminalLine] {
    guard let width, self.width > width else { return [self] }
    let words = words()
    guard let first = words.first else { return [self] }
    var lines = LineFiller(width: width, first: first.gap, later: first.gap + hang)
    for part in words.split(after: { $0.isDivider }) {
      let size = part.reduce(0) { $0 + $1.gap + $1.width } - (part.first?.gap ?? 0)
      if !lines.fits(size, gap: part.first?.gap ?? 0) { lines.end() }
      for word in part { lines.add(word) }
    }
    return lines.finished()
  }

  /// What stands between blanks.
  private func words() -> [Word] {
    var words: [Word] = []
    var (gap, isInside) = (0, false)
    for piece in pieces {
      var run = ""
      func flush() {
        guard !run.isEmpty else { return }
        if isInside {
          words[words.count - 1].pieces.append(Piece(text: run, style: piece.style))
        } else {
          words.append(Word(gap: gap, pieces: [Piece(text: run, style: piece.style)]))
          (gap, isInside) = (0, true)
        }
        run = ""
      }
      for character in piece.text {
        if character == " " {
          flush()
          (gap, isInside) = (gap + 1, false)
        } else {
          run.append(character)
        }
      }
      flush()
    }
    return words
  }
}

/// A word of a line, with the blanks before it.
private struct Word {
  var gap: Int
  var pieces: [TerminalLine.Piece]

  var width: Int { pieces.reduce(0) { $0 + $1.text.displayWidth } }
  /// Whether another entry of an enumeration follows.
  var isDivider: Bool { pieces.count == 1 && pieces[0].text == "·" }
}

/// Puts words into lines.
private struct LineFiller {
  let width: Int
  /// The indentation of the first line, and of the others.
  let first: Int
  let later: Int
  private var lines: [[TerminalLine.Piece]] = []
  private var line: [TerminalLine.Piece] = []
  private var column = 0

  init(width: Int, first: Int, later: Int) {
    (self.width, self.first, self.later) = (width, first, later)
  }

  /// Whether something fits into the line that has begun.
  func fits(_ size: Int, gap: Int) -> Bool { line.isEmpty || column + gap + size <= width }

  mutating func add(_ word: Word) {
    if !fits(word.width, gap: word.gap) { end() }
    let indent = lines.isEmpty ? first : later
    // A word that is too wide for an indented line gets the whole width.
    let gap = !line.isEmpty ? word.gap : indent + word.width <= width ? indent : 0
    if gap > 0 {
      append(.init(text: String(repeating: " ", count: gap), style: line.isEmpty ? nil : Self.common(line, word)))
    }
    for piece in word.pieces { append(piece) }
    column += gap + word.width
  }

  /// Words of one style that follow each other are one piece: a style is switched on once.
  private mutating func append(_ piece: TerminalLine.Piece) {
    guard let last = line.last, last.style == piece.style else { return line.append(piece) }
    line[line.count - 1].text += piece.text
  }

  /// Ends the line that has begun, if one has.
  mutating func end() {
    if !line.isEmpty { lines.append(line) }
    (line, column) = ([], 0)
  }

  mutating func finished() -> [TerminalLine] {
    end()
    return lines.map(TerminalLine.init(pieces:))
  }

  private static func common(_ line: [TerminalLine.Piece], _ word: Word) -> Style? {
    line.last?.style == word.pieces.first?.style ? word.pieces.first?.style : nil
  }
}

extension Array {
  /// Parts that end with an element that `isLast`.
  fileprivate func split(after isLast: (Element) -> Bool) -> [[Element]] {
    reduce(into: []) { parts, element in
      if let last = parts.last?.last, !isLast(last) { parts[parts.count - 1].append(element) } else { parts.append([element]) }
    }
  }
}
