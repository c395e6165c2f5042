package import Foundation

/// The format of the `Date` header: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
package enum HTTPDate {
  package static func parse(_ text: String) -> Date? {
    let words = text.split(whereSeparator: { $0 == " " || $0 == "," })
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    guard words.count == 6, words[5] == "GMT", let month = months.firstIndex(of: String(words[2])) else { return nil }
    let clock = words[4].split(separator: ":")
    guard clock.count == 3, words[1].count == 2, words[3].count == 4 else { return nil }
    let number = month + 1
    return AWSDate.parseBasic("\(words[3])\(number < 10 ? "0" : "")\(number)\(words[1])T\(clock.joined())Z")
  }
}
