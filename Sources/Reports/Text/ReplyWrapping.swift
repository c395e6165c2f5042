/// Wraps a model's reply at blanks as it arrives, for a person at a terminal.
///
/// Code and tables stay as they are, because a line feed in them would do harm: indented lines, lines between fences (```), and
/// lines that begin with a bar.
package struct ReplyWrapping: Sendable {
  private let width: Int?
  private var column = 0
  /// The blanks and the word that are not printed yet, because it is not known whether they fit.
  private var gap = ""
  private var word = ""
  /// The first three characters of the line, which decide whether it is wrapped.
  private var start = ""
  private var isFenced = false

  /// - Parameter width: the columns of the terminal; nil leaves the reply as it is.
  package init(width: Int?) { self.width = width }

  /// Takes the next part of the reply.
  /// - Returns: what can be printed now.
  package mutating func add(_ part: String) -> String {
    guard width != nil else { return part }
    return part.reduce(into: "") { out, character in
      if character == "\n" {
        out += placed() + gap + "\n"
        if start == "```" { isFenced.toggle() }
        (column, gap, start) = (0, "", "")
      } else if isVerbatim(from: character) {
        out += placed() + gap
        gap = ""
        out.append(character)
      } else if character == " " {
        out += placed()
        gap.append(character)
      } else {
        word.append(character)
      }
      if character != "\n", start.count < 3 { start.append(character) }
    }
  }

  /// What is left at the end of the reply.
  package mutating func end() -> String {
    defer { gap = "" }
    return placed() + gap
  }

  /// Whether the line stays as it is.
  private func isVerbatim(from character: Character) -> Bool {
    let first = start.first ?? character
    return isFenced || first == " " || first == "\t" || first == "|"
  }

  /// The waiting word, on this line or the next one.
  private mutating func placed() -> String {
    guard !word.isEmpty, let width else { return "" }
    defer { (gap, word) = ("", "") }
    let size = word.displayWidth
    if column > 0, column + gap.count + size > width {
      column = size
      return "\n" + word
    }
    column += gap.count + size
    return gap + word
  }
}
