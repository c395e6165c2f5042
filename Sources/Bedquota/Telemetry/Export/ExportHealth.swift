/// Whether a collector takes what it is sent, so that a change is told once and not with every batch.
package struct ExportHealth: Sendable {
  private enum State: Equatable { case unknown, well, partial, away, refusing(Int) }

  package enum Signal: String, Sendable { case traces = "Traces", metrics = "Metrics" }

  private let signal: Signal
  /// Of the collector.
  private let place: String
  private var state = State.unknown
  private var wasFull = false
  /// Spans that were lost since the last time that all was well. Metrics aren't lost: the next export has their sums.
  private var lost = 0

  package init(_ signal: Signal, place: String) { (self.signal, self.place) = (signal, place) }

  /// - Parameter items: spans or points of the request.
  /// - Returns: what there is to tell.
  package mutating func note(_ outcome: ExportOutcome, items: Int) -> OpenTelemetryNotice? {
    switch outcome {
    case .cancelled: return nil
    case .delivered(let rejected, let message): return delivered(rejected, message)
    case .later(_, let problem): return change(to: .away, "\(signal.rawValue) can't be sent to \(place): \(problem).")
    case .away(let problem):
      lost += items
      let losses = signal == .traces ? ", and are dropped" : ""
      return change(to: .away, "\(signal.rawValue) can't be sent to \(place)\(losses): \(problem).")
    case .refused(let status, let message):
      lost += items
      return change(to: .refusing(status), "\(place) refuses \(name) with status \(status)\(Self.reason(message))")
    }
  }

  /// - Parameter dropped: spans that found no room since the last call.
  package mutating func note(dropped: Int) -> OpenTelemetryNotice? {
    defer { wasFull = dropped > 0 }
    guard dropped > 0, !wasFull else { return nil }
    return OpenTelemetryNotice(
      isProblem: true,
      text: "More spans end than can be sent to \(place): \(dropped) were dropped, and more may be. "
        + "OTEL_BSP_MAX_QUEUE_SIZE is the room that they have.")
  }

  private mutating func delivered(_ rejected: Int, _ message: String?) -> OpenTelemetryNotice? {
    guard rejected == 0, message == nil else {
      lost += rejected
      let whole = rejected == 0 ? "\(place) warns about \(name)" : "\(place) left out \(rejected) of the \(name) that it was sent"
      return change(to: .partial, whole + Self.reason(message))
    }
    defer { (state, lost) = (.well, 0) }
    guard state != .unknown, state != .well else { return nil }
    let losses = signal == .traces && lost > 0 ? "; \(lost) spans were lost" : ""
    return OpenTelemetryNotice(isProblem: false, text: "\(signal.rawValue) are sent to \(place) again\(losses).")
  }

  /// Within a sentence.
  private var name: String { signal.rawValue.lowercased() }

  /// The end of a sentence, with the collector's own words if it has some.
  private static func reason(_ message: String?) -> String {
    guard let message, !message.isEmpty else { return "." }
    return ": \(message)\(message.last == "." ? "" : ".")"
  }

  private mutating func change(to next: State, _ text: String) -> OpenTelemetryNotice? {
    defer { state = next }
    return state == next ? nil : OpenTelemetryNotice(isProblem: true, text: text)
  }
}
