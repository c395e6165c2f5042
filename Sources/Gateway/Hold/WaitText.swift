/// A length of time as people write it.
package enum WaitText {
  private static let longest = 366 * 86_400.0

  /// Reads `30s`, `1m30s`, `10m`, `1.5h`, `250ms`, as Go writes durations, or a number of seconds.
  /// - Returns: nil for other text; at most a year.
  package static func duration(_ text: String) -> Duration? {
    guard !text.isEmpty, text.utf8.count <= 32 else { return nil }
    var rest = Substring(text)
    var total = 0.0
    while !rest.isEmpty {
      let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      guard let value = Double(number), value.isFinite else { return nil }
      rest = rest.dropFirst(number.count)
      let name = rest.prefix { $0.isLetter }
      rest = rest.dropFirst(name.count)
      switch name {
      case "h": total += value * 3_600
      case "m": total += value * 60
      case "s": total += value
      case "ms": total += value / 1_000
      // A number without a unit is a number of seconds, alone.
      case "" where number.count == text.count: total = value
      default: return nil
      }
    }
    return .seconds(min(total, longest))
  }
}
