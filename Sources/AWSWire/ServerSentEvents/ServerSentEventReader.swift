/// The events of a reply in `text/event-stream`, each read when it is asked for.
package struct ServerSentEventReader: Sendable {
  private let body: AWSHTTPStream.Body.Iterator
  private let operation: String
  private var decoder = ServerSentEventDecoder()

  /// - Parameter operation: the name of the operation, for errors.
  package init(_ stream: AWSHTTPStream, operation: String) {
    body = stream.body.makeAsyncIterator()
    self.operation = operation
  }

  /// The next event; nil at the end of the body.
  /// - Throws: ``AWSClientError``: `response` for an event that is too long, else what the transport throws.
  package mutating func next() async throws -> ServerSentEventDecoder.Event? {
    var isContinued = false
    while true {
      do {
        if let event = try decoder.next() { return event }
      } catch {
        throw AWSClientError(
          .response, "\(operation): an event of over \(ServerSentEventDecoder.eventBytesMax >> 20) MB was not read further.",
          operation: operation)
      }
      guard let piece = try await body.next(isContinued: isContinued) else { return nil }
      // Comments and bytes that complete no event don't end the silence.
      isContinued = true
      decoder.feed(piece)
    }
  }
}
