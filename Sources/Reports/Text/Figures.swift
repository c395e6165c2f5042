import BedrockQuotas

/// Numbers as people read them.
package enum Figures {
  /// `1,155`; `0.5`; `–` if the value is unknown.
  package static func grouped(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "–" }
    guard value == value.rounded(), abs(value) < 1e15 else { return "\(value)" }
    return grouped(Int(saturating: value))
  }

  package static func grouped(_ value: Int) -> String { NumberText.grouped(value) }

  /// For machines: `6000000`, `0.5`, empty if the value is unknown or no number.
  package static func plain(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "" }
    return value == value.rounded() && abs(value) < 1e15 ? String(Int(saturating: value)) : "\(value)"
  }

  /// A range for machines: `64000–128000`.
  package static func plainRange(_ range: ClosedRange<Int>) -> String { "\(range.lowerBound)–\(range.upperBound)" }

  /// For people, if a fraction matters little: `812`, `12.4`, `0.05`; grouped from a hundred on.
  package static func short(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "–" }
    guard abs(value) < 99.95 else { return grouped(value.rounded()) }
    return trimmed(value, digits: abs(value) < 9.995 ? 2 : 1)
  }

  /// A share of 1 with two decimals: `0.99 %`.
  package static func percent(_ share: Double?) -> String {
    guard let share, share.isFinite else { return "–" }
    let hundredths = Int(saturating: min(abs(share) * 10_000, 1e15).rounded())
    let rest = hundredths % 100
    return "\(share < 0 && hundredths > 0 ? "-" : "")\(grouped(hundredths / 100)).\(rest < 10 ? "0" : "")\(rest) %"
  }

  /// `812 ms`, `12.4 s`; `–` if the value is unknown.
  package static func milliseconds(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "–" }
    return value < 9_950 ? "\(short(value)) ms" : "\(short(value / 1_000)) s"
  }

  /// The length of a period in words that follow "by": `the minute`, `5 minutes`, `the hour`.
  /// - Parameter seconds: the length of a period.
  package static func period(_ seconds: Int) -> String {
    switch seconds {
    case 60: "the minute"
    case 3_600: "the hour"
    case 86_400: "the day"
    case let seconds where seconds.isMultiple(of: 3_600): "\(seconds / 3_600) hours"
    default: "\(seconds / 60) minutes"
    }
  }

  private static func trimmed(_ value: Double, digits: Int) -> String {
    let scale = digits == 1 ? 10.0 : 100.0
    let rounded = (value * scale).rounded() / scale
    return rounded == rounded.rounded() ? String(Int(saturating: rounded)) : "\(rounded)"
  }
}
