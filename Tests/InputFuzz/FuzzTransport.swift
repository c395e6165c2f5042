import AWSClient
import AWSWire
import Bedquota
import BedrockQuotas
import Foundation
import HTTPTypes
import Synchronization
import TestSupport

/// A network that answers each request at once with what it is told.
final class FuzzTransport: HTTPTransport {
  struct Answer: Sendable {
    var status = 200
    var headers: [(String, String)] = []
    /// The body, in the pieces in which it arrives.
    var pieces: [[UInt8]]

    /// A whole reply of Converse.
    static let fine = Answer(
      pieces: [Array(#"{"output":{"message":{"content":[{"text":"Fine."}]}},"usage":{"inputTokens":3,"outputTokens":2}}"#.utf8)])
  }

  private let answer: @Sendable (AWSHTTPRequest) async throws -> Answer

  init(_ answer: @escaping @Sendable (AWSHTTPRequest) async throws -> Answer) { self.answer = answer }

  func send(_ request: AWSHTTPRequest, timeout: Duration) async throws -> AWSHTTPResponse {
    let stream = try await stream(request, timeout: timeout)
    return AWSHTTPResponse(head: stream.head, body: try await stream.whole(max: 1 << 24))
  }

  func stream(_ request: AWSHTTPRequest, timeout: Duration) async throws -> AWSHTTPStream {
    let answer = try await answer(request)
    var fields = HTTPFields()
    for (name, value) in answer.headers { if let name = HTTPField.Name(name) { fields[name] = value } }
    let pieces = Mutex(answer.pieces[...])
    return AWSHTTPStream(head: HTTPResponse(status: .init(code: answer.status), headerFields: fields)) {
      pieces.withLock { $0.popFirst() }
    }
  }

  private static let configuration = Result { try TestEmulator.configuration(url: "http://127.0.0.1:1") }

  /// A session over this network that never waits.
  func session() throws -> BedquotaSession {
    BedquotaSession(client: AWSClient(configuration: try Self.configuration.get(), transport: self, sleep: { _ in }))
  }
}

/// Clients whose quotas are known.
enum FuzzClient {
  static func resolution(_ id: String, tokensPerMinute: Double = 2e6, requestsPerMinute: Double = 1e5) -> Resolution {
    var resolution = Resolution(id: id, modelID: ModelID(id), scope: .onDemand, status: .resolved)
    let names = [
      ("L-1", "On-demand model inference tokens per minute for X", tokensPerMinute),
      ("L-2", "On-demand model inference requests per minute for X", requestsPerMinute),
    ]
    resolution.quotas = names.map {
      .init(quota: Quota(code: $0.0, name: QuotaName($0.1), appliedValue: $0.2, family: "X"), evidence: "given")
    }
    resolution.contextWindow = 200_000
    resolution.outputBurndown = 5
    return resolution
  }

  static func client(_ transport: FuzzTransport, id: String = "anthropic.claude-opus-4-7", counts: Bool = false) throws
    -> QuotaAwareClient
  {
    var options = QuotaAwareClient.Options()
    options.attemptsMax = 1
    options.deadline = .seconds(5)
    options.countsTokens = counts
    options.sleep = { _ in }
    // The limiter's pace is of no interest here.
    options.timeScale = 1_000
    return QuotaAwareClient(resolution(id), session: try transport.session(), options: options)
  }
}
