package import Foundation

/// AWS's date formats, computed with integer arithmetic: Foundation's formatters take longer than a whole signature.
package enum AWSDate {
  /// `20150830T123600Z`, the form of `X-Amz-Date`.
  package static func basic(_ date: Date) -> String {
    let (year, month, day, hour, minute, second) = components(date)
    return pad(year, 4) + pad(month, 2) + pad(day, 2) + "T" + pad(hour, 2) + pad(minute, 2) + pad(second, 2) + "Z"
  }

  /// `2015-08-30T12:36:00Z`.
  /// - Parameter seconds: since 1970, UTC.
  package static func iso8601(_ seconds: Int) -> String {
    let (year, month, day, hour, minute, second) = components(Date(timeIntervalSince1970: Double(seconds)))
    return "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))T\(pad(hour, 2)):\(pad(minute, 2)):\(pad(second, 2))Z"
  }

  /// Parses `20150830T123600Z`; nil for any other text and for dates that don't exist.
  package static func parseBasic(_ text: String) -> Date? {
    let bytes = Array(text.utf8)
    guard bytes.count == 16, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: "Z") else { return nil }
    func number(_ range: Range<Int>) -> Int? {
      var value = 0
      for byte in bytes[range] {
        guard byte >= 48, byte <= 57 else { return nil }
        value = value * 10 + Int(byte - 48)
      }
      return value
    }
    guard let year = number(0..<4), let month = number(4..<6), let day = number(6..<8), let hour = number(9..<11),
      let minute = number(11..<13), let second = number(13..<15),
      (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 60
    else { return nil }
    let seconds = days(year: year, month: month, day: day) * 86_400 + hour * 3_600 + minute * 60 + second
    let date = Date(timeIntervalSince1970: Double(seconds))
    // Rejects dates such as 30 February, which would turn into a day of March.
    let back = components(date)
    return back.0 == year && back.1 == month && back.2 == day ? date : nil
  }

  private static func pad(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  /// Days since 1970-01-01 in the proleptic Gregorian calendar (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
  private static func days(year: Int, month: Int, day: Int) -> Int {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  private static func components(_ date: Date) -> (Int, Int, Int, Int, Int, Int) {
    // A date that no calendar has must not end the process; NaN is no date either.
    let since = date.timeIntervalSince1970.rounded(.down)
    let total = since.isNaN ? 0 : Int(min(max(since, -1e15), 1e15))
    let dayNumber = total >= 0 ? total / 86_400 : (total - 86_399) / 86_400
    let rest = total - dayNumber * 86_400
    let z = dayNumber + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shifted + 2) / 5 + 1
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, day, rest / 3_600, rest % 3_600 / 60, rest % 60)
  }
}
