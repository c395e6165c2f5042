import AWSClient
import AWSServer
import AWSWire
import AdmissionControl
import Bedquota
import BedrockEmulator
import Foundation
import TestSupport

/// A quota-aware client against an emulator of its own.
enum ClientBench {
  static let nova = "us.amazon.nova-pro-v1:0"
  /// Its output counts five times.
  static let claude = "us.anthropic.claude-opus-4-7"

  static func with<Output: Sendable>(
    _ id: String = nova, output: Int = 40, latency: Double = 0, tokensPerSecond: Double = 0,
    options: QuotaAwareClient.Options = .init(), change: (inout Emulator.Behaviour) -> Void = { _ in },
    _ body: @escaping @Sendable (QuotaAwareClient, Emulator) async throws -> Output
  ) async throws -> Output {
    var behaviour = Emulator.Behaviour()
    behaviour.replies = ReplySettings(
      latency: latency, tokensPerSecond: tokensPerSecond, outputTokens: .fixed(output), seed: 1)
    change(&behaviour)
    return try await TestEmulator.serving([try SampleAccount.load()], behaviour: behaviour) { url, emulator in
      try await BedquotaSession.with(try TestEmulator.configuration(url: url)) { session in
        try await body(try await QuotaAwareClient(id, session: session, options: options), emulator)
      }
    }
  }

  /// Waits until nothing is reserved at the server any more: it notices a closed connection a moment later.
  static func untilIdle(_ emulator: Emulator) async throws {
    for _ in 0..<20_000 where try await inFlight(emulator) > 0 { await Task.yield() }
  }

  static func inFlight(_ emulator: Emulator) async throws -> Int {
    try await meters(emulator).reduce(0) { $0 + ($1["inFlight"]?.integer ?? 0) }
  }

  static func meters(_ emulator: Emulator) async throws -> [JSONValue] {
    let reply = await emulator.respond(to: .init(method: "GET", target: "/_emulator/state", headers: [], body: .init()))
    return try JSONValue(reply.body)["regions"]?.array?.first?["meters"]?.array ?? []
  }

  @discardableResult
  static func control(_ emulator: Emulator, _ what: String, _ json: JSONValue) async -> Int {
    await emulator.respond(to: .init(method: "PUT", target: "/_emulator/\(what)", headers: [], body: json.data)).status
  }
}
