import AWSWire
import Bedquota
package import Foundation

/// Times as a person on this machine reads them: in the local time zone, `TZ` honoured.
package struct LocalTime: Sendable {
  package var zone: TimeZone

  package init(zone: TimeZone = .current) { self.zone = zone }

  /// Seconds to add to Unix time, at an instant.
  func offset(at seconds: Int) -> Int { zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))) }

  /// `2026-11-24 12:41`
  func minute(_ seconds: Int) -> String {
    String(AWSDate.iso8601(seconds + offset(at: seconds)).prefix(16)).replacing("T", with: " ")
  }

  /// The start and end of a window. The zone is given once, or twice if the clocks change in between.
  func stretch(_ window: UsageWindow) -> String {
    let end = min(window.endSeconds, window.nowSeconds)
    let (first, last) = (zoneName(at: window.startSeconds), zoneName(at: end))
    return "\(minute(window.startSeconds))\(first == last ? "" : " \(first)") to \(minute(end)) \(last)"
  }

  /// `12:41`
  func clock(_ seconds: Int) -> String { String(minute(seconds).suffix(5)) }

  /// `UTC`, `UTC+01:00`
  func zoneName(at seconds: Int) -> String {
    let offset = offset(at: seconds)
    guard offset != 0 else { return "UTC" }
    let minutes = abs(offset) / 60
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "UTC\(offset < 0 ? "-" : "+")\(two(minutes / 60)):\(two(minutes % 60))"
  }
}
