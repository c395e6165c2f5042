import AWSWire
import Foundation
import HTTPTypes
import Synchronization

/// How far this machine's clock is from that of a server, by the `Date` of a reply.
struct ClockReading: Equatable {
  /// Above 0 where this machine's clock is ahead; 0 where the second to which `Date` is cut, or the way of the request, explains all.
  var seconds: Double

  /// - Parameters:
  ///   - date: of the reply.
  ///   - sent: this machine's time when the request left.
  ///   - received: this machine's time when the reply was there.
  init(date: Date, sent: Date, received: Date) {
    // The server looked at its clock at some time between them, and cut the second's fraction off.
    let (earliest, latest) = (sent.timeIntervalSince(date) - 1, received.timeIntervalSince(date))
    seconds = earliest > 0 ? earliest : latest < 0 ? latest : 0
  }

  /// AWS refuses signatures that are more than 5 minutes off (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html).
  static let refusedSeconds = 300.0
  /// Ours: far more than a synchronized clock is off, far less than AWS refuses.
  static let suspectSeconds = 30.0

  var check: DiagnosisCheck {
    let name = "clock"
    let distance = abs(seconds)
    guard distance >= Self.suspectSeconds else {
      return DiagnosisCheck(name, .ok, "within \(Int(Self.suspectSeconds)) seconds of AWS's")
    }
    let words = distance < 120 ? "\(Int(distance.rounded())) seconds" : "\(Int((distance / 60).rounded())) minutes"
    let place = "\(words) \(seconds > 0 ? "ahead of" : "behind") AWS's"
    guard distance >= Self.refusedSeconds else {
      return DiagnosisCheck(name, .warning, "\(place); from 5 minutes on, AWS refuses signatures")
    }
    return DiagnosisCheck(name, .failed, "\(place), which refuses such signatures; set the clock")
  }
}

/// Reads the clock of the servers that answer.
final class ClockReader: HTTPTransport {
  private let transport: any HTTPTransport
  private let now: @Sendable () -> Date
  private let readings = Mutex<[ClockReading]>([])

  init(_ transport: any HTTPTransport, now: @escaping @Sendable () -> Date) {
    (self.transport, self.now) = (transport, now)
  }

  /// The one that says least, because a reply that waited somewhere says more than is true; nil if nobody answered.
  var reading: ClockReading? { readings.withLock { $0.min { abs($0.seconds) < abs($1.seconds) } } }

  func send(_ request: AWSHTTPRequest, timeout: Duration) async throws -> AWSHTTPResponse {
    let sent = now()
    let reply = try await transport.send(request, timeout: timeout)
    if let text = reply.head.headerFields[.date], let date = HTTPDate.parse(text) {
      readings.withLock { $0.append(ClockReading(date: date, sent: sent, received: now())) }
    }
    return reply
  }
}
