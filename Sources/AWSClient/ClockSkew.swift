import AWSWire
import Foundation
import HTTPTypes

/// How far the clock of this machine is from AWS's, as the refusal of a signature tells.
struct ClockSkew: Equatable {
  /// Above 0 where this machine's clock is ahead.
  var seconds: Double

  /// Reads the two times in AWS's words, else the reply's `Date`.
  ///
  /// The words: "Signature expired: 20261124T101010Z is now earlier than 20261124T101510Z (20261124T102010Z - 5 min.)" and
  /// "Signature not yet current: 20261124T103010Z is still later than 20261124T102510Z (20261124T102010Z + 5 min.)". First stands
  /// the time of the request, in parentheses that of AWS.
  /// - Returns: nil if the clocks are too close to explain a refusal, or the reply tells no time.
  init?(_ service: AWSClientError.Service, _ response: AWSHTTPResponse, now: Date) {
    let times = service.message.matches(of: /\d{8}T\d{6}Z/).compactMap { AWSDate.parseBasic(String($0.output)) }
    if Self.isAboutTime(service), times.count >= 2, let ours = times.first, let theirs = times.last {
      seconds = ours.timeIntervalSince(theirs)
    } else if let header = response.head.headerFields[.date], let date = HTTPDate.parse(header) {
      seconds = now.timeIntervalSince(date)
    } else {
      return nil
    }
    // AWS allows five minutes; half of one is for the way of the request.
    guard abs(seconds) > 240, abs(seconds) < 1e10 else { return nil }
  }

  /// Whether AWS refuses the time of a request, and not its key.
  static func isAboutTime(_ service: AWSClientError.Service) -> Bool {
    if ["RequestExpired", "RequestTimeTooSkewed", "RequestInTheFuture"].contains(service.code) { return true }
    let words = ["signature expired", "not yet current", "request has expired", "difference between the request time"]
    let message = service.message.lowercased()
    return words.contains { message.contains($0) }
  }

  /// `60 minutes ahead`; days where the minutes would be many.
  var words: String {
    let minutes = max(1, Int((abs(seconds) / 60).rounded()))
    let (count, unit) = minutes < 2 * 1_440 ? (minutes, "minute") : (Int((abs(seconds) / 86_400).rounded()), "day")
    return "\(count) \(unit)\(count == 1 ? "" : "s") \(seconds > 0 ? "ahead of" : "behind")"
  }
}
