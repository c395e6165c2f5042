package import Foundation

extension AWSDate {
  /// Parses the forms of ISO 8601 in which expirations are written: `2015-08-30T12:36:00Z`, with a fraction of a second, with an
  /// offset (`+02:00`, `+0200`), with `UTC` as the AWS CLI's cache files have it, or without a zone, which is UTC.
  /// - Returns: nil for any other text and for dates that don't exist.
  package static func parseISO8601(_ text: String) -> Date? {
    let pattern =
      /(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(\.\d{1,9})?\s?(?:[Zz]|UTC|([+-])(\d\d):?(\d\d))?/
    guard text.utf8.count <= 64, let match = text.wholeMatch(of: pattern)?.output,
      let date = parseBasic("\(match.1)\(match.2)\(match.3)T\(match.4)\(match.5)\(match.6)Z")
    else { return nil }
    let fraction = match.7.flatMap { Double("0\($0)") } ?? 0
    guard let sign = match.8, let hours = match.9.flatMap({ Double($0) }), let minutes = match.10.flatMap({ Double($0) }) else {
      return date + fraction
    }
    return date + fraction - (sign == "-" ? -1 : 1) * (hours * 3_600 + minutes * 60)
  }
}
