public import AWSWire
import AdmissionControl
import Foundation
import Synchronization

/// A reply as it comes. It can be read once, by one reader.
///
/// ```swift
/// let stream = try await client.stream(ModelRequest(prompt: "How are you?", maxTokens: 200))
/// for try await event in stream { print(event.text ?? "", terminator: "") }
/// if let usage = stream.usage { print(usage.totalInput, usage.output) }
/// ```
///
/// It reads no further ahead than its reader. What it has reserved is settled when the reply has ended, when the stream is let
/// go, and when nobody has read from it for ``QuotaAwareClient/Options/streamIdleMax``.
public final class ModelStream: AsyncSequence, Sendable {
  /// A reply that has begun, and its first event; nil where the reply is empty.
  struct Start: Sendable {
    var events: EventStreamReader.Iterator
    var first: EventStreamReader.Event?
  }

  private struct State: ~Copyable, Sendable {
    /// The request and what it has reserved; nil once they are settled.
    var running: RunningRequest?
    var reservation: Reservation?
    /// The place in the reply; nil while it is read, and at the end.
    var events: EventStreamReader.Iterator?
    /// The first event, until it is read; it was fetched before anybody asked.
    var first: EventStreamReader.Event??
    var isReading = false
    var lastReadAt: Duration
    /// Whether it was closed because nobody read.
    var isAbandoned = false
    var usage: TokenUsage?
  }

  private let client: QuotaAwareClient
  private let state: Mutex<State>

  init(_ client: QuotaAwareClient, _ running: RunningRequest, _ attempt: consuming Attempt<Start>) {
    self.client = client
    let start = attempt.reply
    state = Mutex(
      State(
        running: running, reservation: attempt.reservation, events: start.events, first: .some(start.first),
        lastReadAt: client.options.clock()))
    client.streams.add(self)
  }

  deinit { finish(CancellationError()) }

  /// The tokens that the reply used; nil until its end, and where it doesn't say.
  public var usage: TokenUsage? { state.withLock { $0.usage } }

  public struct AsyncIterator: AsyncIteratorProtocol {
    let stream: ModelStream

    /// The next event; nil at the end of the reply.
    /// - Throws: `AWSClientError` where the reply breaks off; ``BedquotaError``: `abandoned` where nobody read for too long,
    ///   `concurrentRead` where somebody else is reading.
    public func next() async throws -> ModelStreamEvent? { try await stream.next() }
  }

  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(stream: self) }

  // MARK: - Reading

  private func next() async throws -> ModelStreamEvent? {
    guard case (var events, let first)? = try takeTurn() else { return nil }
    do {
      let event: EventStreamReader.Event?
      if let first { event = first } else { event = try await events.next() }
      guard let event else {
        finish(nil)
        return nil
      }
      let (read, json) = Self.read(event)
      endTurn(events, bytes: ReplyText.outputBytes(json), usage: Self.usage(json, type: event.type))
      return read
    } catch {
      finish(error)
      throw error
    }
  }

  /// - Returns: the place in the reply, and the first event where it isn't read yet; nil at the end.
  private func takeTurn() throws(BedquotaError) -> (EventStreamReader.Iterator, EventStreamReader.Event??)? {
    try state.withLock { state throws(BedquotaError) in
      if state.isAbandoned {
        throw BedquotaError(
          .abandoned, "Nobody read from the stream for too long, so it was closed; read faster, or raise streamIdleMax.",
          parameters: ["streamIdleMax"])
      }
      if state.isReading {
        throw BedquotaError(.concurrentRead, "Somebody else is reading from the stream; it has one reader.")
      }
      guard let events = state.events.take() else { return nil }
      state.isReading = true
      return (events, state.first.take())
    }
  }

  /// Gives the place back, and tells what the event has cost.
  private func endTurn(_ events: EventStreamReader.Iterator, bytes: Int, usage: TokenUsage?) {
    let now = client.options.clock()
    state.withLock { state in
      state.isReading = false
      state.events = events
      state.lastReadAt = now
      state.usage = usage ?? state.usage
      if case .update(let used) = state.running?.course.eventArrived(bytes: bytes, usage: usage) {
        state.reservation?.update(used: used)
      }
    }
  }

  private static func read(_ event: EventStreamReader.Event) -> (ModelStreamEvent, JSONValue) {
    var payload = event.payload
    var json = (try? JSONValue(payload)) ?? .null
    // InvokeModelWithResponseStream wraps the model's own JSON in base64.
    if event.type == "chunk", let bytes = json["bytes"]?.string.flatMap({ Data(base64Encoded: $0) }) {
      payload = bytes
      json = (try? JSONValue(bytes)) ?? .null
    }
    return (ModelStreamEvent(type: event.type, payload: payload, text: ReplyText.piece(json)), json)
  }

  private static func usage(_ json: JSONValue, type: String) -> TokenUsage? {
    type == "metadata" ? TokenUsage(converse: json["usage"]) : TokenUsage(metrics: json["amazon-bedrock-invocationMetrics"])
  }

  // MARK: - Ending

  /// Closes it if nobody has read for `idleMax`; a reader who waits for the model is reading.
  /// - Returns: whether it is over, for this or another reason.
  func closeIfIdle(_ idleMax: Duration) -> Bool {
    let now = client.options.clock()
    let (isIdle, isOver) = state.withLock { state in
      let isOver = state.running == nil
      let isIdle = !isOver && !state.isReading && now - state.lastReadAt >= idleMax
      state.isAbandoned = state.isAbandoned || isIdle
      return (isIdle, isOver)
    }
    if isIdle { finish(CancellationError()) }
    return isIdle || isOver
  }

  /// Settles what was reserved; a second call does nothing.
  private func finish(_ error: (any Error)?) {
    var rest = state.withLock { state -> Rest? in
      state.isReading = false
      state.events = nil
      guard let running = state.running.take(), let reservation = state.reservation.take() else { return nil }
      return Rest(running: running, reservation: reservation)
    }
    rest.take()?.settle(client, error)
  }

  /// What is left to settle.
  private struct Rest: ~Copyable {
    var running: RunningRequest
    let reservation: Reservation

    consuming func settle(_ client: QuotaAwareClient, _ error: (any Error)?) {
      let action = client.apply(&running) { course, estimator, now in
        guard let error else { return course.streamEnded(&estimator, at: now) }
        return course.streamBroke(error, &estimator, at: now)
      }
      if let outcome = action.outcome { reservation.settle(outcome) }
    }
  }
}
