import Foundation

/// How durations, sizes and counts are written in a configuration.
enum ConfigurationValue {
  /// `500ms`, `30s`, `10m`, `1.5h`, `1d`; at most 30 days.
  static func duration(_ text: String) -> Duration? {
    guard let (value, unit) = split(text) else { return nil }
    let seconds: [String: Double] = ["ms": 0.001, "s": 1, "m": 60, "h": 3_600, "d": 86_400]
    guard let factor = seconds[unit], value * factor <= 30 * 86_400 else { return nil }
    return .milliseconds(Int64((value * factor * 1_000).rounded()))
  }

  /// Bytes: `512MB`, `64kB`, `1GiB`, or a bare number; at most 1 TB.
  static func size(_ text: String) -> Int? {
    guard let (value, unit) = split(text) else { return nil }
    let bytes: [String: Double] = [
      "": 1, "B": 1, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 1_024, "MiB": 1_048_576, "GiB": 1_073_741_824,
    ]
    return bytes[unit].flatMap { whole(value * $0, max: 1e12) }
  }

  /// `50M`, `10k`, `2.5G`, `1_000`; at most 10^15.
  static func count(_ text: String) -> Int? {
    guard let (value, unit) = split(text) else { return nil }
    let factors = ["": 1, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12]
    return factors[unit].flatMap { whole(value * $0, max: 1e15) }
  }

  /// A plain number within a range.
  static func number(_ text: String, in range: ClosedRange<Double>) -> Double? {
    guard let (value, unit) = split(text), unit.isEmpty, range.contains(value) else { return nil }
    return value
  }

  private static func whole(_ value: Double, max: Double) -> Int? {
    value <= max && value == value.rounded() ? Int(value) : nil
  }

  /// A number that isn't negative, and the letters after it.
  private static func split(_ text: String) -> (value: Double, unit: String)? {
    guard text.utf8.count <= 32 else { return nil }
    let digits = text.utf8.prefix { (48...57).contains($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") }
    let unit = text.utf8.dropFirst(digits.count)
    guard let first = digits.first, (48...57).contains(first), digits.last != UInt8(ascii: "."),
      unit.allSatisfy({ (65...90).contains($0) || (97...122).contains($0) }),
      let value = Double(String(Substring(digits)).replacing("_", with: "")), value.isFinite
    else { return nil }
    return (value, String(Substring(unit)))
  }
}
