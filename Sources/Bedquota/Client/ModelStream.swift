public import AWSWire
import AdmissionControl
import Foundation
import Synchronization

/// A reply that is read while it arrives, once and by one reader.
///
/// ```swift
/// let stream = try await client.stream(ModelRequest(prompt: "How are you?", maxTokens: 200))
/// for try await event in stream { print(event.text ?? "", terminator: "") }
/// if let usage = stream.usage { print(usage.totalInput, usage.output) }
/// ```
///
/// After the first event, it fetches an event only when its reader asks for one. Its reservation is settled when the reply has
/// ended, when the stream is released, or when nobody has read from it for ``QuotaAwareClient/Options/streamIdleMax``.
public final class ModelStream: AsyncSequence, Sendable {
  /// A reply that has begun, and its first event.
  struct Start: Sendable {
    var events: ReplyEvents
    var first: ReplyEvents.Event
  }

  private struct State: ~Copyable, Sendable {
    /// The request and its reservation; nil once they are settled.
    var running: RunningRequest?
    var reservation: Reservation?
    /// The position in the reply; nil while the next event is read, and after the end.
    var events: ReplyEvents?
    /// The first event, which is fetched before the caller gets the stream; nil once it is read.
    var first: ReplyEvents.Event?
    var isReading = false
    /// Whether the last event has been read that every stream has.
    var isWhole = false
    var lastReadAt: Duration
    /// Whether the stream was closed because nobody read from it.
    var isAbandoned = false
    var usage: TokenUsage?
    var endedByQuota = false
  }

  private let client: QuotaAwareClient
  /// For errors.
  private let operation: String
  private let state: Mutex<State>

  init(_ client: QuotaAwareClient, _ running: RunningRequest, _ attempt: consuming Attempt<Start>) {
    self.client = client
    operation = running.request.api.streamed
    let start = attempt.reply
    state = Mutex(
      State(
        running: running, reservation: attempt.reservation, events: start.events, first: start.first,
        lastReadAt: client.options.clock()))
    client.streams.add(self)
  }

  deinit { finish(CancellationError()) }

  /// The tokens that the reply used; nil before its end, or if the reply doesn't report them.
  public var usage: TokenUsage? { state.withLock { $0.usage } }

  /// Whether the service ended the reply before max_tokens because the quota of output tokens was used up; false before its end. Only
  /// bedrock-mantle does so.
  public var endedByQuota: Bool { state.withLock { $0.endedByQuota } }

  public struct AsyncIterator: AsyncIteratorProtocol {
    let stream: ModelStream

    /// The next event; nil at the end of the reply.
    /// - Throws: `AWSClientError` if the reply breaks off; ``BedquotaError``: `abandoned` if nobody read for too long,
    ///   `concurrentRead` if another reader is reading.
    public func next() async throws -> ModelStreamEvent? { try await stream.next() }
  }

  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(stream: self) }

  // MARK: - Reading

  private func next() async throws -> ModelStreamEvent? {
    guard case (var events, let first)? = try takeTurn() else { return nil }
    do {
      let event: ReplyEvents.Event?
      if let first { event = first } else { event = try await events.next() }
      guard let event else {
        guard state.withLock({ $0.isWhole }) else { throw ReplyForm.endedEarly(operation) }
        finish(nil)
        return nil
      }
      endTurn(events, event.content)
      return event.event
    } catch {
      finish(error)
      throw error
    }
  }

  /// - Returns: the position in the reply, and the first event if it isn't read yet; nil at the end.
  private func takeTurn() throws(BedquotaError) -> (ReplyEvents, ReplyEvents.Event?)? {
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

  /// Stores the new position, and updates the reservation with the cost so far.
  private func endTurn(_ events: ReplyEvents, _ content: ModelStreamEvent.Content) {
    let now = client.options.clock()
    let (bytes, usage) = (ReplyText.outputBytes(content.json), content.usage)
    state.withLock { state in
      state.isWhole = state.isWhole || content.isEnd
      state.isReading = false
      state.events = events
      state.lastReadAt = now
      state.usage = usage ?? state.usage
      state.running?.course.tier?.read(content.json)
      if case .update(let used) = state.running?.course.eventArrived(
        bytes: bytes, usage: usage, endsAtLength: ReplyForm.endsAtLength(content.json))
      {
        state.reservation?.update(used: used)
      }
    }
  }

  // MARK: - Ending

  /// Closes the stream if nobody has read from it for `idleMax`; a reader that waits for the model counts as reading.
  /// - Returns: whether the stream is over, for this or another reason.
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

  /// Settles the reservation; a second call does nothing.
  private func finish(_ error: (any Error)?) {
    var rest = state.withLock { state -> Rest? in
      state.isReading = false
      state.events = nil
      guard let running = state.running.take(), let reservation = state.reservation.take() else { return nil }
      return Rest(running: running, reservation: reservation)
    }
    if rest.take()?.settle(client, error) == true { state.withLock { $0.endedByQuota = true } }
  }

  /// The request and the reservation that are still to be settled.
  private struct Rest: ~Copyable {
    var running: RunningRequest
    let reservation: Reservation

    /// - Returns: whether the service ended the reply because a quota was used up.
    consuming func settle(_ client: QuotaAwareClient, _ error: (any Error)?) -> Bool {
      let action = client.apply(&running) { course, estimator, now in
        guard let error else { return course.streamEnded(&estimator, at: now) }
        return course.streamBroke(error, &estimator, at: now)
      }
      client.settle(reservation, action, &running)
      return action.endedByQuota
    }
  }
}
