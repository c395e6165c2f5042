import Foundation

/// Seconds and minutes since 1970, clamped for dates in the far past or future.
enum UnixTime {
  /// About 10,000 years.
  static let secondsMax = 315_360_000_000

  static func seconds(_ date: Date) -> Int {
    min(max(Int(clamping: date.timeIntervalSince1970.rounded(.down)), -secondsMax), secondsMax)
  }

  static func minute(_ date: Date) -> Int { floor(seconds(date), 60) / 60 }

  /// The largest multiple of `step` that is at most `value`.
  static func floor(_ value: Int, _ step: Int) -> Int {
    let rest = value % step
    return value - (rest < 0 ? rest + step : rest)
  }
}
