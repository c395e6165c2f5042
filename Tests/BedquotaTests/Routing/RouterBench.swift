import AWSClient
import AWSWire
import BedrockQuotas
import Foundation
import Synchronization
import TestSupport

@testable import Bedquota

/// Routers over scripted models.
enum RouterBench {
  static let request = ModelRequest(prompt: "How are you?", maxTokens: 100)

  static func failure(_ status: Int, _ code: String, _ message: String = "") -> ScriptedModel.Answer {
    let body: JSONValue = ["__type": .string(code), "message": .string(message)]
    return ScriptedModel.Answer(status: status) { number in number == 0 ? Array(body.data) : nil }
  }

  /// A reply of Converse with a cached prompt.
  static func cached(_ tokens: Int) -> ScriptedModel.Answer {
    let body: JSONValue = [
      "output": ["message": ["content": [["text": "Fine."]]]],
      "usage": ["inputTokens": 3, "outputTokens": 2, "cacheWriteInputTokens": .integer(tokens)],
    ]
    return ScriptedModel.Answer { number in number == 0 ? Array(body.data) : nil }
  }

  /// The client of a model whose quota is a number of tokens per minute.
  static func client(
    _ answers: [ScriptedModel.Answer], tokensPerMinute: Int64 = 10_000_000, options: QuotaAwareClient.Options = .init()
  ) throws -> QuotaAwareClient {
    var options = options
    options.assumedTokensPerMinute = tokensPerMinute
    let configuration = try TestEmulator.configuration(url: "http://127.0.0.1:1")
    return QuotaAwareClient(
      Resolution(id: "amazon.nova-pro-v1:0", scope: .onDemand, status: .unknown),
      session: BedquotaSession(client: AWSClient(configuration: configuration, transport: ScriptedModel(answers))),
      options: options)
  }

  /// A router with a candidate for each script, called `a`, `b` and so on.
  static func router(_ scripts: [[ScriptedModel.Answer]], options: QuotaAwareClient.Options = .init()) throws -> QuotaRouter {
    try router(clients: scripts.map { try client($0, options: options) })
  }

  static func router(clients: [QuotaAwareClient]) throws -> QuotaRouter {
    try QuotaRouter(zip("abcdefgh", clients).map { QuotaRouter.Candidate(String($0), $1) })
  }
}

extension QuotaRouter {
  /// Attempts at each candidate.
  var attempted: [Int] { statistics.scopes.map(\.statistics.attempted) }
  /// Requests that each candidate counts.
  var counted: [Int] { statistics.scopes.map(\.statistics.requests) }
  var isIdle: Bool { candidates.allSatisfy { $0.client.isIdle } && book.withLock { $0.races.isEmpty } }
}
