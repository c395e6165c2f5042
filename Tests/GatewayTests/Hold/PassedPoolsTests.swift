import AWSClient
import Bedquota
import TestSupport
import Testing

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
      #expect(passed.pools(of: "bedrock:A").readings.isEmpty)
    }
  }

  /// A limit that was made up would hold or refuse what the key's account has room for.
  @Test func nothingIsHeldOrRefused() async throws {
    try await Self.with { passed in
      let limits = try await passed.pools(of: "bedrock:A").pool(Self.name).client.meters.map(\.limit)
      #expect(limits.allSatisfy { $0 >= 1_000_000_000_000 })
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
