/// One line for a terminal.
///
/// Interpolation makes text printable, so that no view can forget to: what comes from a server has no other way in.
package struct TerminalLine: ExpressibleByStringInterpolation {
  private var pieces: [(text: String, style: Style?)]

  package init(stringLiteral text: String) { pieces = [(text, nil)] }
  package init(stringInterpolation: Interpolation) { pieces = stringInterpolation.pieces }

  package static func + (left: TerminalLine, right: TerminalLine) -> TerminalLine {
    var sum = left
    sum.pieces += right.pieces
    return sum
  }

  /// Without blanks at the end, which nobody sees.
  package func text(usesColor: Bool) -> String {
    var text = pieces.map { $0.style?.apply(to: $0.text, if: usesColor) ?? $0.text }.joined()
    while text.last == " " { text.removeLast() }
    return text
  }

  package struct Interpolation: StringInterpolationProtocol {
    fileprivate var pieces: [(text: String, style: Style?)] = []

    package init(literalCapacity: Int, interpolationCount: Int) {}

    package mutating func appendLiteral(_ literal: String) { pieces.append((literal, nil)) }
    package mutating func appendInterpolation(_ text: String, _ style: Style? = nil) { pieces.append((text.printable, style)) }
    package mutating func appendInterpolation(_ line: TerminalLine) { pieces += line.pieces }
  }
}
