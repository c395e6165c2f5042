package import Foundation

/// The format of the `Date` header: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
package enum HTTPDate {
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// - Parameter seconds: since 1970, UTC.
  package static func format(_ seconds: Int) -> String {
    let iso8601 = Array(AWSDate.iso8601(seconds).utf8)
    func text(_ range: Range<Int>) -> String { String(decoding: iso8601[range], as: UTF8.self) }
    let month = Int(text(5..<7)).map { months[$0 - 1] } ?? ""
    // 1 January 1970 was a Thursday.
    let day = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][((seconds / 86_400) % 7 + 7) % 7]
    return "\(day), \(text(8..<10)) \(month) \(text(0..<4)) \(text(11..<19)) GMT"
  }

  package static func parse(_ text: String) -> Date? {
    let words = text.split(whereSeparator: { $0 == " " || $0 == "," })
    guard words.count == 6, words[5] == "GMT", let month = months.firstIndex(of: String(words[2])) else { return nil }
    let clock = words[4].split(separator: ":")
    guard clock.count == 3, words[1].count == 2, words[3].count == 4 else { return nil }
    let number = month + 1
    return AWSDate.parseBasic("\(words[3])\(number < 10 ? "0" : "")\(number)\(words[1])T\(clock.joined())Z")
  }
}
