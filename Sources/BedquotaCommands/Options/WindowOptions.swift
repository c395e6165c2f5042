import AWSWire
import ArgumentParser
import Bedquota
import Foundation
import Reports

/// The time window whose metrics a command reads.
struct WindowOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Look back this many hours. (default: 24; for check: 1)", valueName: "hours"))
  var hours: Double?

  @Option(
    help: ArgumentHelp(
      "Start at this time instead: -2h (also m, d, w), 2026-11-24T10:00:00Z, with an offset such as +01:00, a date, or Unix seconds. Without an offset: UTC.",
      valueName: "time"))
  var start: String?

  @Option(help: ArgumentHelp("End at this time, in the same forms; with --start or --hours. (default: now)", valueName: "time"))
  var end: String?

  @Option(
    help: ArgumentHelp(
      "Seconds that one figure covers. (default: 60, for starts over 15 days ago 300, over 63 days 3600)", valueName: "seconds"))
  var period: Int?

  func validate() throws {
    if hours != nil, start != nil { throw ValidationError("--hours can't be combined with --start.") }
    if end != nil, start == nil, hours == nil { throw ValidationError("--end needs --start or --hours.") }
    _ = try window()
  }

  /// - Parameters:
  ///   - defaultHours: how far to look back if no option says so.
  ///   - now: what relative times count from.
  func window(hours defaultHours: Double = 24, now: Date = Date()) throws -> UsageWindow {
    do {
      let end = try end.map { try Self.parse($0, "--end", now: now) }
      if let start {
        return try UsageWindow(start: try Self.parse(start, "--start", now: now), end: end, periodSeconds: period, now: now)
      }
      guard let end else { return try UsageWindow(hours: hours ?? defaultHours, periodSeconds: period, now: now) }
      return try UsageWindow(hours: hours ?? defaultHours, until: end, periodSeconds: period, now: now)
    } catch let error as BedquotaError {
      throw ValidationError(Failure(error)?.text(for: self) ?? error.message)
    }
  }

  /// Seconds in the units of relative times.
  private static let units: [Substring: Double] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800]

  /// Reads a time before now (`-2h`, `-1h30m`, `now`), ISO 8601, which may be a date alone, or Unix seconds. A time without an offset
  /// is in UTC.
  static func parse(_ text: String, _ option: String, now: Date = Date()) throws -> Date {
    let failure = ValidationError("\(option): invalid time \"\(text.shortened())\"; use the form -2h or 2026-11-24T10:00:00Z.")
    // No time is longer; the expressions below would take minutes for a text of some kilobytes.
    guard text.utf8.count <= 64 else { throw failure }
    if text.lowercased() == "now" { return now }
    if text.lowercased().wholeMatch(of: /-(?:\d{1,6}(?:\.\d{1,6})?[smhdw])+/) != nil {
      let parts = text.lowercased().matches(of: /([\d.]+)([smhdw])/)
      return now - parts.reduce(0) { $0 + (Double($1.1) ?? 0) * (units[$1.2] ?? 0) }
    }
    // Nine digits reach back to 1973; fewer are a date without its hyphens.
    if (9...11).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }), let seconds = Double(text) {
      return Date(timeIntervalSince1970: seconds)
    }
    var rest = text.uppercased().replacing(" ", with: "T")
    var offset = 0
    if rest.hasSuffix("Z") {
      rest.removeLast()
    } else if let match = rest.wholeMatch(of: /(.*T.*)([+-])(\d\d):?(\d\d)/), let hours = Int(match.3),
      let minutes = Int(match.4),
      hours <= 14, minutes < 60
    {
      rest = String(match.1)
      offset = (hours * 3_600 + minutes * 60) * (match.2 == "-" ? -1 : 1)
    }
    if let match = rest.wholeMatch(of: /(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?/) {
      let clock = "\(match.4 ?? "00")\(match.5 ?? "00")\(match.6 ?? "00")"
      if let date = AWSDate.parseBasic("\(match.1)\(match.2)\(match.3)T\(clock)Z") {
        return date.addingTimeInterval(-Double(offset))
      }
    }
    throw failure
  }
}
