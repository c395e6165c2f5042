/// How a piece of text stands out on a terminal.
package enum Style: Sendable {
  case bold, dim, success, warning, failure

  /// The parameter of SGR, the escape sequence that terminals know for this.
  private var code: Int {
    switch self {
    case .bold: 1
    case .dim: 2
    case .failure: 31
    case .success: 32
    case .warning: 33
    }
  }

  /// The text in this style, or unchanged without color.
  package func apply(to text: String, if usesColor: Bool) -> String {
    usesColor ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
