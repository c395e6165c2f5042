/// One line for a terminal.
///
/// Interpolation makes text printable, so that no view can forget to: what comes from a server has no other way in.
package struct TerminalLine: ExpressibleByStringInterpolation {
  /// Text in one style.
  struct Piece {
    var text: String
    var style: Style?
  }

  var pieces: [Piece]

  init(pieces: [Piece]) { self.pieces = pieces }
  package init(stringLiteral text: String) { pieces = [Piece(text: text, style: nil)] }
  package init(stringInterpolation: Interpolation) { pieces = stringInterpolation.pieces }

  package static func + (left: TerminalLine, right: TerminalLine) -> TerminalLine {
    TerminalLine(pieces: left.pieces + right.pieces)
  }

  /// Without blanks at the end, which nobody sees.
  package func text(usesColor: Bool) -> String {
    var text = pieces.map { $0.style?.apply(to: $0.text, if: usesColor) ?? $0.text }.joined()
    while text.last == " " { text.removeLast() }
    return text
  }

  /// The columns that the line takes.
  var width: Int { pieces.reduce(0) { $0 + $1.text.displayWidth } }

  package struct Interpolation: StringInterpolationProtocol {
    fileprivate var pieces: [Piece] = []

    package init(literalCapacity: Int, interpolationCount: Int) {}

    package mutating func appendLiteral(_ literal: String) { pieces.append(Piece(text: literal, style: nil)) }
    package mutating func appendInterpolation(_ text: String, _ style: Style? = nil) {
      pieces.append(Piece(text: text.printable, style: style))
    }
    package mutating func appendInterpolation(_ line: TerminalLine) { pieces += line.pieces }
  }
}
