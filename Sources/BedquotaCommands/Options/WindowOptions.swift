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
      "Start at this time instead: 2026-11-24T10:00:00Z, with an offset such as +01:00, a date, or Unix seconds. Without an offset: UTC.",
      valueName: "time"))
  var start: String?

  @Option(help: ArgumentHelp("End at this time, with --start. (default: now)", valueName: "time"))
  var end: String?

  @Option(
    help: ArgumentHelp(
      "Seconds that one figure covers. (default: 60, for starts over 15 days ago 300, over 63 days 3600)", valueName: "seconds"))
  var period: Int?

  func validate() throws {
    if hours != nil, start != nil || end != nil { throw ValidationError("--hours can't be combined with --start or --end.") }
    if end != nil, start == nil { throw ValidationError("--end needs --start.") }
    _ = try window()
  }

  /// - Parameter defaultHours: how far to look back if no option says so.
  func window(hours defaultHours: Double = 24) throws -> UsageWindow {
    do {
      guard let start else { return try UsageWindow(hours: hours ?? defaultHours, periodSeconds: period) }
      return try UsageWindow(
        start: try Self.parse(start, "--start"), end: try end.map { try Self.parse($0, "--end") }, periodSeconds: period)
    } catch let error as BedquotaError {
      throw ValidationError(Failure(error)?.text(for: self) ?? error.message)
    }
  }

  /// Reads ISO 8601, which may be a date alone, or Unix seconds. A time without an offset is in UTC.
  static func parse(_ text: String, _ option: String) throws -> Date {
    let failure = ValidationError("\(option): invalid time \"\(text.shortened())\"; use the form 2026-11-24T10:00:00Z.")
    // No time is longer; the expressions below would take minutes for a text of some kilobytes.
    guard text.utf8.count <= 64 else { throw failure }
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
