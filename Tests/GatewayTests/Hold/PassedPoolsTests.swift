import AWSClient
import Bedquota
import Foundation
import TestSupport
import Testing
import Tracing

@testable import Gateway

/// Keys that are passed on: nobody here knows their account.
struct PassedPoolsTests {
  private static let name = PoolName(region: "us-east-1", endpoint: .runtime, id: "us.amazon.nova-pro-v1:0")

  /// Nothing listens at the session's endpoint, so whatever asked AWS would fail.
  private static func with(_ body: @escaping @Sendable (PassedPools) async throws -> Void) async throws {
    try await BedquotaSession.with(try TestEmulator.configuration(url: "http://127.0.0.1:9")) { session in
      try await body(PassedPools(session: session, options: QuotaPools.Options()))
    }
  }

  @Test func eachKeyHasQueuesOfItsOwn() async throws {
    try await Self.with { passed in
      let first = try await passed.pools(of: "bedrock:A").pool(Self.name)
      let again = try await passed.pools(of: "bedrock:A").pool(Self.name)
      let other = try await passed.pools(of: "bedrock:B").pool(Self.name)
      #expect(first.client === again.client && first.client !== other.client)
      #expect(passed.pools(of: "bedrock:A").regionQuotas.isEmpty)
    }
  }

  /// A limit that was made up would hold or refuse what the key's account has room for.
  @Test func nothingIsHeldOrRefused() async throws {
    try await Self.with { passed in
      let client = try await passed.pools(of: "bedrock:A").pool(Self.name).client
      let text = String(repeating: "word ", count: 200_000)
      let body = #"{"messages":[{"role":"user","content":[{"text":"\#(text)"}]}],"inferenceConfig":{"maxTokens":10000}}"#
      let bounds = RelayedRequest(.converse, isStreamed: false, body: Data(body.utf8), headers: []).bounds(
        at: client.resolution)
      var running: [RelayedInvocation] = []
      for _ in 0..<10 {
        // What must wait longer is refused.
        let turn = client.turn(bounds, of: .converse, in: .topLevel, terms: RelayTerms(holdMax: .seconds(60)))
        await turn.comes()
        running.append(try await client.relay(turn) { _ in true }.invocation)
      }
      #expect(running.count == 10 && !client.isIdle)
      for invocation in running { invocation.settle() }
    }
  }

  @Test func keysThatStrangersMakeUpAreForgotten() async throws {
    try await Self.with { passed in
      let first = passed.pools(of: "bedrock:0")
      for number in 1...100 { _ = passed.pools(of: "bedrock:\(number)") }
      #expect(passed.pools(of: "bedrock:0") !== first)
    }
  }
}
