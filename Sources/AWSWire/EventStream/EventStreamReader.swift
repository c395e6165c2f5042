package import Foundation
import HTTPTypes

/// The events of a streamed reply, one by one as they are asked for.
package struct EventStreamReader: AsyncSequence, Sendable {
  package struct Event: Sendable, Equatable {
    /// `contentBlockDelta`, `chunk`, ….
    package var type: String
    package var payload: Data
  }

  let stream: AWSHTTPStream
  let operation: String

  /// - Parameter operation: what failed, in errors.
  package init(_ stream: AWSHTTPStream, operation: String) {
    self.stream = stream
    self.operation = operation
  }

  package func makeAsyncIterator() -> Iterator {
    Iterator(body: stream.body, operation: operation, status: stream.head.status.code)
  }

  package struct Iterator: AsyncIteratorProtocol {
    let body: AWSHTTPStream.Body
    let operation: String
    let status: Int
    var decoder = EventStreamDecoder()

    /// - Throws: ``AWSClientError``: `service` for an exception that the stream itself carries, `response` for bytes that are
    ///   no event stream, `transport` for one that ends in the middle of a message.
    package mutating func next() async throws -> Event? {
      while true {
        do {
          if let message = try decoder.next() { return try event(message) }
        } catch let failure as EventStreamDecoder.Failure {
          throw AWSClientError(
            .response, "\(operation): the stream of the reply is damaged (\(failure)); what came before it may be used.",
            operation: operation, underlying: failure)
        }
        guard let piece = try await body.next() else {
          guard decoder.pendingBytes == 0 else {
            throw AWSClientError(.transport, "\(operation): the reply broke off in the middle of an event.", operation: operation)
          }
          return nil
        }
        decoder.feed(piece)
      }
    }

    private func event(_ message: EventStreamMessage) throws -> Event {
      if message[":message-type"] == "event", let type = message[":event-type"] {
        return Event(type: type, payload: message.payload)
      }
      let code = message[":exception-type"] ?? message[":error-code"] ?? "Unknown"
      let said =
        message[":error-message"] ?? (try? JSONDecoder().decode(Said.self, from: message.payload))?.message ?? ""
      let name = code.prefix(1).uppercased() + code.dropFirst()
      throw AWSClientError(
        .service, "\(operation) ended with \(name)\(said.isEmpty ? "" : ": \(said.prefix(1_000))")", operation: operation,
        service: .init(code: name, message: String(said.prefix(1_000)), status: status, requestID: nil, body: []))
    }

    private struct Said: Decodable { var message: String? }
  }
}
