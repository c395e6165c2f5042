import AWSClient
import AWSWire
import BedrockQuotas
import Foundation
import HTTPTypes
import Synchronization
import TestSupport

@testable import Bedquota

/// A model without a network: it answers requests from a script, piece by piece as the client reads.
final class ScriptedModel: HTTPTransport {
  /// The pieces of a reply, numbered from 0; nil at its end.
  typealias Pieces = @Sendable (_ number: Int) async throws -> [UInt8]?

  struct Answer: Sendable {
    var status = 200
    /// Waits until the reply begins.
    var head: @Sendable () async throws -> Void = {}
    var pieces: Pieces

    /// A whole reply of Converse.
    static func reply(_ text: String, output: Int) -> Answer {
      json(
        200,
        [
          "output": ["message": ["content": [["text": .string(text)]]]],
          "usage": ["inputTokens": 3, "outputTokens": .integer(output)],
        ])
    }

    static func failure(_ status: Int, _ message: String) -> Answer { json(status, ["message": .string(message)]) }

    private static func json(_ status: Int, _ body: JSONValue) -> Answer {
      Answer(status: status) { number in number == 0 ? Array(body.data) : nil }
    }

    /// An event of ConverseStream that adds a text.
    static func delta(_ text: String) -> [UInt8] {
      EventStreamMessage.event("contentBlockDelta", json: (["delta": ["text": .string(text)]] as JSONValue).data).encoded()
    }

    /// The last event of ConverseStream that every reply has.
    static let stop = EventStreamMessage.event("messageStop", json: (["stopReason": "end_turn"] as JSONValue).data).encoded()
  }

  private let answers: Mutex<[Answer]>

  /// - Parameter answers: one for each request, in order.
  init(_ answers: [Answer]) { self.answers = Mutex(answers) }

  func send(_ request: AWSHTTPRequest, timeout: Duration) async throws -> AWSHTTPResponse {
    let stream = try await stream(request, timeout: timeout)
    return AWSHTTPResponse(head: stream.head, body: try await stream.whole(max: 1 << 20))
  }

  func stream(_ request: AWSHTTPRequest, timeout: Duration) async throws -> AWSHTTPStream {
    guard let answer = answers.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else {
      throw AWSClientError(.transport, "The script has no answer left.")
    }
    try await answer.head()
    let count = Counter()
    return AWSHTTPStream(head: HTTPResponse(status: .init(code: answer.status))) { try await answer.pieces(count.next()) }
  }

  private final class Counter: Sendable {
    private let count = Mutex(0)
    func next() -> Int {
      count.withLock { count in
        defer { count += 1 }
        return count
      }
    }
  }

  /// A client of this model, with quotas that never bind.
  func client(_ options: QuotaAwareClient.Options = .init()) throws -> QuotaAwareClient {
    let configuration = try TestEmulator.configuration(url: "http://127.0.0.1:1")
    var options = options
    options.assumedTokensPerMinute = 10_000_000
    return QuotaAwareClient(
      Resolution(id: "amazon.nova-pro-v1:0", scope: .onDemand, status: .unknown),
      session: BedquotaSession(client: AWSClient(configuration: configuration, transport: self)), options: options)
  }
}
