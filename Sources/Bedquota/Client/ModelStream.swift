import AWSClient
public import AWSWire
import AdmissionControl
import Foundation
import Synchronization

/// A reply as it comes. It can be read once.
///
/// It reads no further ahead than its reader. What it has reserved comes back when the reply has ended, when the stream is let go, and when
/// nobody has read from it for ``QuotaAwareClient/Options/streamIdleMax``.
public final class ModelStream: AsyncSequence, Sendable {
  /// A reply that has begun.
  struct Opened: ~Copyable, Sendable {
    var reservation: Reservation
    var events: EventStreamReader.Iterator
    var first: EventStreamReader.Event?

    init(_ reservation: consuming Reservation, events: EventStreamReader.Iterator, first: EventStreamReader.Event?) {
      self.reservation = reservation
      self.events = events
      self.first = first
    }
  }

  private struct State: ~Copyable, Sendable {
    /// nil once it is settled.
    var reservation: Reservation?
    /// nil while one reads, and at the end.
    var events: EventStreamReader.Iterator?
    /// Read before anybody asked; nil inside: the reply is empty.
    var first: EventStreamReader.Event??
    var outputBytes = 0
    var usage: TokenUsage?
    var lastRead = ContinuousClock.now
    var isIdle = false
    var isOver = false
  }

  private let client: QuotaAwareClient
  private let request: ModelRequest
  private let course: RequestCourse
  private let state: Mutex<State>

  init(_ client: QuotaAwareClient, _ request: ModelRequest, _ opened: consuming Opened, _ course: RequestCourse) {
    self.client = client
    self.request = request
    self.course = course
    let (events, first) = (opened.events, opened.first)
    state = Mutex(State(reservation: opened.reservation, events: events, first: .some(first)))
    client.streams.add(self)
  }

  deinit { finish(CancellationError()) }

  /// The tokens that the reply used; nil until its end, and where it doesn't say.
  public var usage: TokenUsage? { state.withLock { $0.usage } }

  public struct AsyncIterator: AsyncIteratorProtocol {
    let stream: ModelStream

    /// - Throws: `AWSClientError` where the reply breaks off; ``BedquotaError`` (`abandoned`) where nobody read for too long.
    public func next() async throws -> ModelStreamEvent? { try await stream.next() }
  }

  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(stream: self) }

  // MARK: - Reading

  private func next() async throws -> ModelStreamEvent? {
    let taken = try state.withLock { state throws(BedquotaError) in
      if state.isIdle {
        throw BedquotaError(
          .abandoned, "Nobody read from the stream for too long, so it was closed; read faster, or raise streamIdleMax.")
      }
      defer { (state.events, state.first) = (nil, nil) }
      return state.events.map { ($0, state.first) }
    }
    guard case (var events, let first)? = taken else { return nil }
    do {
      let event: EventStreamReader.Event?
      if let first { event = first } else { event = try await events.next() }
      guard let event else {
        finish(nil)
        return nil
      }
      let (read, json) = Self.read(event)
      enter(json, type: event.type, events)
      return read
    } catch {
      finish(error)
      throw error
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

  /// Takes note of an event, and gives the place in the stream back.
  private func enter(_ json: JSONValue, type: String, _ events: EventStreamReader.Iterator) {
    let bytes = ReplyText.outputBytes(json)
    let usage =
      type == "metadata" ? TokenUsage(converse: json["usage"]) : TokenUsage(metrics: json["amazon-bedrock-invocationMetrics"])
    let outputBytes = state.withLock { state in
      state.events = events
      state.lastRead = .now
      state.outputBytes += bytes
      state.usage = usage ?? state.usage
      return state.outputBytes
    }
    guard bytes > 0 else { return }
    // Output that counts several times over may outgrow the reservation long before the end.
    let used = client.estimate(request, outputBytes: outputBytes)
    state.withLock { state in
      guard var reservation = state.reservation.take() else { return }
      reservation.update(used: used)
      state.reservation = .some(reservation)
    }
  }

  // MARK: - Ending

  /// - Returns: whether it is over, for this or another reason.
  func closeIfIdle(_ idleMax: Duration) -> Bool {
    let (isIdle, isOver) = state.withLock { state in
      state.isIdle = state.isIdle || state.events != nil && state.lastRead.duration(to: .now) >= idleMax
      return (state.isIdle, state.isOver)
    }
    if isIdle { finish(CancellationError()) }
    return isIdle || isOver
  }

  /// Settles what was reserved; the second time nothing happens.
  private func finish(_ error: (any Error)?) {
    let ended = state.withLock { state -> Ended? in
      guard let reservation = state.reservation.take() else { return nil }
      state.events = nil
      state.isOver = true
      return Ended(reservation: reservation, usage: state.usage, outputBytes: state.outputBytes)
    }
    guard let ended else { return }
    ended.settle(client, request, error)
    client.end(course, state.withLock { $0.usage }, error: error)
  }

  private struct Ended: ~Copyable {
    let reservation: Reservation
    let usage: TokenUsage?
    let outputBytes: Int

    consuming func settle(_ client: QuotaAwareClient, _ request: ModelRequest, _ error: (any Error)?) {
      if let error, usage == nil {
        reservation.settle(client.outcome(of: error, request, outputBytes: outputBytes))
      } else {
        reservation.settle(used: client.used(usage, request, outputBytes: outputBytes))
      }
    }
  }
}
