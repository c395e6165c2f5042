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
  /// How long the body may take to end after the mark.
  private static let endMax = Duration.seconds(1)
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
    guard !isDone, let event = try await lines.next() else { return nil }
    guard event.data.elementsEqual("[DONE]".utf8) else { return Data(event.data) }
    isDone = true
    Self.readToEnd(lines)
    return nil
  }

  /// Reads the end of the body, so that its connection can be used again. Nobody waits for it: the reply is whole, whatever the
  /// server does with its connection.
  private static func readToEnd(_ lines: ServerSentEventReader) {
    Task {
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          var lines = lines
          while (try? await lines.next()) != nil {}
        }
        group.addTask { try? await Task.sleep(for: endMax) }
        await group.next()
        group.cancelAll()
      }
    }
  }

  private mutating func read(_ type: String, _ payload: Data) -> Event {
    let (event, content) = ModelStreamEvent.read(type, payload, &counts)
    return Event(event: event, content: content)
  }
}
