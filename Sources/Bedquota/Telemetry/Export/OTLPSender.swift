import AWSWire
package import Foundation
package import HTTPTypes

/// Sends requests for one signal, again and again until one is taken or the time is over.
package struct OTLPSender: Sendable {
  package typealias Reply = (status: Int, headers: HTTPFields, body: Data)
  /// One HTTP POST. It throws if there is no reply, ends soon after a cancellation, and follows no redirections.
  package typealias Send = @Sendable (_ url: URL, _ headers: HTTPFields, _ body: Data) async throws -> Reply

  /// The first delay of a retry; each one after it is twice as long.
  static let delayMin = 1.0
  static let delayMax = 16.0

  private let signal: OTLPSignal
  private let clock: ExportClock
  private let send: Send

  package init(_ signal: OTLPSignal, clock: ExportClock = .system, send: @escaping Send) {
    (self.signal, self.clock, self.send) = (signal, clock, send)
  }

  /// The delay of our own before the next attempt, in seconds. Jitter takes up to half of it away, so that many programs don't come
  /// at once.
  /// - Parameters:
  ///   - attempt: the number of failed attempts, at least 1.
  ///   - jitter: from 0 to 1.
  package static func delay(after attempt: Int, jitter: Double) -> Double {
    let whole = min(delayMin * Double(1 << min(max(attempt, 1) - 1, 16)), delayMax)
    return whole * (0.5 + 0.5 * min(max(jitter, 0), 1))
  }

  /// - Parameter time: for all attempts together.
  package func export(_ body: Data, within time: Duration) async -> ExportOutcome {
    let start = clock.uptime()
    let headers = headers
    let body = signal.isCompressed ? Gzip.member(body) : body
    var attempt = 0
    while true {
      attempt += 1
      let left = time - (clock.uptime() - start)
      let (problem, asked): (String, Duration?)
      switch await reply(headers, body, within: max(min(signal.timeout, left), .zero)) {
      case .success(.accepted(let rejected, let message)):
        return .delivered(rejected: rejected, message: message.map(signal.redacted))
      case .success(.refused(let status, let message)):
        return .refused(status: status, message: message.map(signal.redacted))
      case .success(.away(let status, let after)): (problem, asked) = ("it answers with status \(status)", after)
      case .failure(let failure): (problem, asked) = (failure.text, nil)
      }
      guard !Task.isCancelled else { return .cancelled }
      let delay = max(asked ?? .zero, .seconds(Self.delay(after: attempt, jitter: clock.jitter())))
      guard delay < time - (clock.uptime() - start) else {
        return asked.map { $0 >= delay ? .later($0, problem: problem) : .away(problem: problem) } ?? .away(problem: problem)
      }
      do { try await clock.sleep(delay) } catch { return .cancelled }
    }
  }

  private struct Failure: Error {
    var text: String
  }

  private var headers: HTTPFields {
    var headers = signal.headers
    headers[.contentType] = "application/json"
    if signal.isCompressed { headers[.contentEncoding] = "gzip" }
    // A program's own name for itself is as good as ours.
    if headers[.userAgent] == nil { headers[.userAgent] = "bedquota/\(BedquotaVersion.current) OTel-OTLP-Exporter-Swift" }
    return headers
  }

  private func reply(_ headers: HTTPFields, _ body: Data, within time: Duration) async -> Result<OTLPReply, Failure> {
    do {
      let reply = try await clock.within(time) { [send, signal, clock] in
        let (status, headers, body) = try await send(signal.url, headers, body)
        return OTLPReply(status: status, headers: headers, body: body, now: clock.date)
      }
      return reply.map { .success($0) } ?? .failure(Failure(text: "it doesn't answer"))
    } catch {
      var text = signal.redacted("\(error)")
      // A sentence of its own, in the middle of another.
      while text.last == "." { text.removeLast() }
      return .failure(Failure(text: text))
    }
  }
}
