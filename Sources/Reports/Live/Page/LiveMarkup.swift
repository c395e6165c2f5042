import Charts

/// HTML of the live page.
///
/// Interpolation escapes text and makes it printable, so that no part of the page can forget to: names and sentences come from
/// outside.
struct LiveMarkup: ExpressibleByStringInterpolation, Sendable {
  private(set) var markup: Markup

  init() { markup = Markup() }
  init(stringLiteral text: String) { markup = Markup(stringLiteral: text) }
  init(stringInterpolation: Interpolation) { markup = stringInterpolation.markup }

  var string: String { markup.string }
  var isEmpty: Bool { markup.bytes.isEmpty }

  static func += (html: inout Self, other: Self) { html.markup += other.markup }

  struct Interpolation: StringInterpolationProtocol {
    fileprivate var markup = Markup()

    init(literalCapacity: Int, interpolationCount: Int) {}

    mutating func appendLiteral(_ literal: String) { markup += Markup(stringLiteral: literal) }
    mutating func appendInterpolation(_ text: String) { markup.append(escaping: text.printable) }
    mutating func appendInterpolation(_ number: Int) { appendLiteral(String(number)) }
    mutating func appendInterpolation(_ html: LiveMarkup) { markup += html.markup }
    mutating func appendInterpolation(_ list: [LiveMarkup]) { for html in list { markup += html.markup } }
  }
}

extension [LiveMarkup] {
  func joined(separator: LiveMarkup) -> LiveMarkup {
    var all = LiveMarkup()
    for (index, html) in enumerated() {
      if index > 0 { all += separator }
      all += html
    }
    return all
  }
}
