/// Numbers in sentences. Everything but Charts, which imports nothing, takes its thousands separators from here.
package enum NumberText {
  /// A whole number with thousands separators: `1,155`, `-12,000`.
  package static func grouped(_ value: Int) -> String {
    let digits = String(value.magnitude)
    var text = value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    return text
  }

  /// A range of whole numbers: `64,000 to 128,000`.
  package static func range(_ range: ClosedRange<Int>) -> String {
    "\(grouped(range.lowerBound)) to \(grouped(range.upperBound))"
  }

  /// The nearest whole number with thousands separators; clamped to ±10^18; 0 for NaN.
  package static func whole(_ value: Double) -> String { grouped(Int(saturating: min(max(value.rounded(), -1e18), 1e18))) }

  /// A quota's value, as it is: `1,155`, `0.5`.
  package static func value(_ value: Double) -> String { value == value.rounded() ? whole(value) : "\(value)" }

  /// Short, for large amounts: `1,000`, `67k`, `67.4k`, `2M`, `0.12`.
  package static func compact(_ value: Double) -> String {
    for (unit, suffix) in [(1e9, "G"), (1e6, "M"), (1e3, "k")] where value >= unit && value >= 10_000 {
      return significant(value / unit) + suffix
    }
    return significant(value)
  }

  /// About three significant digits, and every digit before the point: `571`, `33.3`, `0.12`.
  package static func significant(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
    let scale = value >= 100 ? 1.0 : value >= 1 ? 10.0 : 100.0
    let rounded = (value * scale).rounded() / scale
    return rounded == rounded.rounded() ? grouped(Int(saturating: rounded)) : "\(rounded)"
  }

  /// A share of 1 as a percentage, whole from 1 % on: `32 %`, `0.4 %`.
  package static func percent(_ share: Double) -> String {
    let percent = share * 100
    return "\(percent >= 1 ? significant(percent.rounded()) : significant(percent)) %"
  }

  /// A share of 1 as a percentage, with one decimal below 10 %: `32 %`, `4.0 %`.
  package static func finePercent(_ share: Double) -> String { "\(fixed(share * 100, digits: share < 0.1 ? 1 : 0)) %" }

  /// The ratio of two numbers in words and parentheses: ` (1.25 times as much)`; empty if the other number is 0.
  package static func ratio(_ value: Double, _ other: Double) -> String {
    other > 0 ? " (\(fixed(value / other, digits: 2)) times as much)" : ""
  }

  /// Seconds as hours or minutes: `24 h`, `90 min`, `2.5 h`.
  package static func hours(_ seconds: Int) -> String {
    if seconds.isMultiple(of: 3_600) { return "\(seconds / 3_600) h" }
    return seconds < 7_200 ? "\(seconds / 60) min" : "\(fixed(Double(seconds) / 3_600, digits: 1)) h"
  }

  /// The smallest of 1, 2 or 5 times a power of ten that is at least twice `tokens`, which are at most 10^15.
  package static func roomy(_ tokens: Int) -> Int {
    let tokens = min(tokens, 1_000_000_000_000_000)
    var step = 1
    while true {
      for factor in [1, 2, 5] where factor * step >= 2 * tokens { return factor * step }
      step *= 10
    }
  }

  /// A fixed number of decimals, 0 to 2.
  private static func fixed(_ value: Double, digits: Int) -> String {
    guard digits > 0, value.isFinite, abs(value) < 1e12 else { return whole(value) }
    let scale = digits == 1 ? 10 : 100
    let scaled = Int(saturating: (abs(value) * Double(scale)).rounded())
    let sign = value < 0 && scaled > 0 ? "-" : ""
    let fraction = String(scaled % scale)
    return "\(sign)\(scaled / scale).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
  }
}
