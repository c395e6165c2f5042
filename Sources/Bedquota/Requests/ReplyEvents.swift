import AWSWire
import Foundation

/// The events of a streamed reply, in whichever form its API streams them, each read when it is asked for.
struct ReplyEvents: Sendable {
  /// An event, and what it brings beside its text.
  struct Event: Sendable {
    var event: ModelStreamEvent
    var content: ModelStreamEvent.Content
  }

  private enum Source: Sendable {
    case frames(EventStreamReader.Iterator)
    case lines(ServerSentEventReader)
  }

  private let api: ModelRequest.API
  private let hiding: @Sendable (AWSClientError.Service) -> AWSClientError.Service
  private var source: Source
  private var counts = StreamUsage()
  /// Whether the mark has been read with which OpenAI's streams end.
  private var isDone = false

  init(_ stream: AWSHTTPStream, of api: ModelRequest.API) {
    self.api = api
    hiding = stream.hiding
    source =
      switch api.streamForm {
      case .eventStream: .frames(EventStreamReader(stream, operation: api.streamed).makeAsyncIterator())
      case .serverSentEvents: .lines(ServerSentEventReader(stream, operation: api.streamed))
      }
  }

  /// The next event; nil at the end of the reply.
  /// - Throws: `AWSClientError`: `service` for an error in the stream, `response` if the bytes are no stream of events, `transport`
  ///   if it breaks off.
  mutating func next() async throws -> Event? {
    switch source {
    case .frames(var frames):
      let event = try await frames.next()
      source = .frames(frames)
      return event.map { read($0.type, $0.payload) }
    case .lines(var lines):
      let data = try await data(&lines)
      source = .lines(lines)
      guard let data else { return nil }
      let event = read("chunk", data)
      if let error = ReplyForm.failure(event.content.json, api.streamed, hiding: hiding) { throw error }
      return event
    }
  }

  /// The data of the next event; nil at the end.
  private mutating func data(_ lines: inout ServerSentEventReader) async throws -> Data? {
    do {
      while let event = try await lines.next() {
        if event.data.elementsEqual("[DONE]".utf8) { isDone = true }
        // The body is read to its end, so that its connection can be used again.
        if !isDone { return Data(event.data) }
      }
    } catch {
      // The reply is whole, whatever becomes of its connection.
      guard isDone, !(error is CancellationError) else { throw error }
    }
    return nil
  }

  private mutating func read(_ type: String, _ payload: Data) -> Event {
    let (event, content) = ModelStreamEvent.read(type, payload, &counts)
    return Event(event: event, content: content)
  }
}
