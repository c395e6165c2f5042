/// A part of an answer on a terminal: a line of text, which wraps at blanks, a command for a shell, or a table.
package enum TerminalPart: ExpressibleByStringInterpolation {
  case line(TerminalLine)
  /// Wraps with a backslash, so that it can be pasted.
  case command(TerminalLine)
  case table(Table, indent: String)
  /// A line of a file, which is never wrapped, so that it can be pasted.
  case verbatim(TerminalLine)

  package init(stringLiteral text: String) { self = .line(TerminalLine(stringLiteral: text)) }
  package init(stringInterpolation: TerminalLine.Interpolation) {
    self = .line(TerminalLine(stringInterpolation: stringInterpolation))
  }

  /// - Parameter width: the columns of the terminal; nil for a file or a pipe, where each row is one line.
  func lines(width: Int?) -> [TerminalLine] {
    switch self {
    case .line(let line): line.wrapped(to: width)
    case .command(let line):
      // A blank in quotes is a part of a word, where a backslash would be another one.
      if line.text(usesColor: false).contains("'") { [line] } else { Self.continued(line.wrapped(to: width.map { $0 - 2 })) }
    case .verbatim(let line): [line]
    case .table(let table, let indent): table.layout(indent: indent, width: width)
    }
  }

  private static func continued(_ lines: [TerminalLine]) -> [TerminalLine] {
    lines.dropLast().map { $0 + " \\" } + lines.suffix(1)
  }
}

extension [TerminalPart] {
  /// - Parameter width: the columns of the terminal; nil for a file or a pipe, where each row is one line.
  package func text(usesColor: Bool, width: Int? = nil) -> String {
    flatMap { $0.lines(width: width) }.map { $0.text(usesColor: usesColor) }.joined(separator: "\n")
  }
}
