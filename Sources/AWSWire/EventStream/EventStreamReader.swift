package import Foundation
import HTTPTypes

/// The events of a streamed reply, each read when it is asked for. It can be iterated once.
package struct EventStreamReader: AsyncSequence, Sendable {
  package struct Event: Sendable, Equatable {
    /// `contentBlockDelta`, `chunk`, ….
    package var type: String
    package var payload: Data
  }

  let stream: AWSHTTPStream
  let operation: String

  /// - Parameter operation: the name of the operation, for errors.
  package init(_ stream: AWSHTTPStream, operation: String) {
    self.stream = stream
    self.operation = operation
  }

  package func makeAsyncIterator() -> Iterator {
    Iterator(body: stream.body.makeAsyncIterator(), operation: operation, status: stream.head.status.code, hiding: stream.hiding)
  }

  package struct Iterator: AsyncIteratorProtocol {
    let body: AWSHTTPStream.Body.Iterator
    let operation: String
    let status: Int
    let hiding: @Sendable (AWSClientError.Service) -> AWSClientError.Service
    var decoder = EventStreamDecoder()

    /// - Throws: ``AWSClientError``: `service` for an exception in the stream, `response` if the bytes aren't an event stream,
    ///   `transport` if the stream ends in the middle of a message.
    package mutating func next() async throws -> Event? {
      var isContinued = false
      while true {
        do {
          if let message = try decoder.next() { return try event(message) }
        } catch let failure as EventStreamDecoder.Failure {
          throw AWSClientError(
            .response, "\(operation): the stream of the reply is damaged (\(failure)); the events before the damage may be used.",
            operation: operation, underlying: failure)
        }
        guard let piece = try await body.next(isContinued: isContinued) else {
          guard decoder.pendingBytes == 0 else {
            throw AWSClientError(.transport, "\(operation): the reply broke off in the middle of an event.", operation: operation)
          }
          return nil
        }
        // Bytes that complete no event don't end the silence.
        isContinued = true
        decoder.feed(piece)
      }
    }

    private func event(_ message: EventStreamMessage) throws -> Event {
      if message[":message-type"] == "event", let type = message[":event-type"] {
        return Event(type: type, payload: message.payload)
      }
      let code = message[":exception-type"] ?? message[":error-code"] ?? "Unknown"
      let said =
        message[":error-message"] ?? (try? JSONDecoder().decode(Explanation.self, from: message.payload))?.message ?? ""
      let name = code.prefix(1).uppercased() + code.dropFirst()
      let service = hiding(
        .init(code: name, message: String(said.prefix(1_000)), status: status, requestID: nil, body: []))
      throw AWSClientError(
        .service, "\(operation) ended with \(service.code)\(service.message.isEmpty ? "" : ": \(service.message)")",
        operation: operation, service: service)
    }

    private struct Explanation: Decodable { var message: String? }
  }
}
