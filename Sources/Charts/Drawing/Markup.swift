/// A buffer for SVG text.
///
/// Interpolation escapes strings and writes numbers as finite with at most two decimals, so that no caller can forget to.
package struct Markup: ExpressibleByStringInterpolation, Sendable {
  package private(set) var bytes: [UInt8] = []

  package init() {}
  package init(stringLiteral text: String) { bytes = Array(text.utf8) }
  package init(stringInterpolation: Interpolation) { bytes = stringInterpolation.markup.bytes }

  package var string: String { String(decoding: bytes, as: UTF8.self) }

  package static func += (markup: inout Markup, other: Markup) { markup.bytes += other.bytes }

  package mutating func append(byte: UInt8) { bytes.append(byte) }

  /// An SVG path command and its one number.
  package mutating func append(_ command: Unicode.Scalar, _ number: Double) {
    bytes.append(UInt8(truncatingIfNeeded: command.value))
    append(number)
  }

  /// Appends a number with at most two decimals and no trailing zeros. It is limited to ±1e9, and 0 if it is not finite.
  package mutating func append(_ number: Double) {
    let bounded = number.isFinite ? min(max(number, -1e9), 1e9) : 0
    var hundredths = Int((bounded * 100).rounded())
    if hundredths < 0 {
      bytes.append(UInt8(ascii: "-"))
      hundredths = -hundredths
    }
    append(digitsOf: hundredths / 100)
    let fraction = hundredths % 100
    if fraction == 0 { return }
    bytes.append(UInt8(ascii: "."))
    bytes.append(UInt8(ascii: "0") + UInt8(fraction / 10))
    if fraction % 10 > 0 { bytes.append(UInt8(ascii: "0") + UInt8(fraction % 10)) }
  }

  private mutating func append(digitsOf number: Int) {
    if number >= 10 { append(digitsOf: number / 10) }
    bytes.append(UInt8(ascii: "0") + UInt8(number % 10))
  }

  /// Appends a style sheet of ours as it is.
  mutating func append(css: String) { bytes += css.utf8 }

  /// Appends text for an element or an attribute value.
  package mutating func append(escaping text: String) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": bytes += "&amp;".utf8
      case "<": bytes += "&lt;".utf8
      case ">": bytes += "&gt;".utf8
      case "\"": bytes += "&quot;".utf8
      case "'": bytes += "&#39;".utf8
      case "\t", "\n", "\r": bytes.append(UInt8(ascii: " "))
      // Controls have no meaning in text, and these turn its direction round.
      case "\u{7F}"..."\u{9F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": bytes += "\u{FFFD}".utf8
      // XML 1.0 forbids these even as character references.
      case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": bytes += "\u{FFFD}".utf8
      default: bytes += UTF8.encode(scalar)!
      }
    }
  }

  package struct Interpolation: StringInterpolationProtocol {
    var markup = Markup()

    package init(literalCapacity: Int, interpolationCount: Int) {
      markup.bytes.reserveCapacity(literalCapacity + 16 * interpolationCount)
    }

    package mutating func appendLiteral(_ literal: String) { markup.bytes += literal.utf8 }
    package mutating func appendInterpolation(_ text: String) { markup.append(escaping: text) }
    package mutating func appendInterpolation(_ number: Double) { markup.append(number) }
    package mutating func appendInterpolation(_ number: Int) { markup.bytes += String(number).utf8 }
    package mutating func appendInterpolation(_ color: Color) { markup.bytes += color.hex.utf8 }
    package mutating func appendInterpolation(_ tone: Color.Tone) { markup.bytes += tone.lightHex.utf8 }
    package mutating func appendInterpolation(_ other: Markup) { markup += other }

    /// Appends all digits needed to read the same number back, for scripts; 0 if it is not finite.
    package mutating func appendInterpolation(exactly number: Double) {
      markup.bytes += "\(number.isFinite ? number : 0)".utf8
    }
  }
}
