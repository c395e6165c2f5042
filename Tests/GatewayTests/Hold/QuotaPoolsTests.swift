import AWSClient
import AdmissionControl
import Bedquota
import BedrockEmulator
import BedrockQuotas
import TestSupport
import Testing

@testable import Gateway

/// Which requests share a queue, against an emulator of its own.
@Suite(.timeLimit(.minutes(2)))
struct QuotaPoolsTests {
  private static let nova = "us.amazon.nova-pro-v1:0"

  private static func with(
    _ change: @Sendable (inout QuotaPools.Options) -> Void = { _ in },
    _ body: @escaping @Sendable (QuotaPools, Emulator) async throws -> Void
  ) async throws {
    var options = QuotaPools.Options()
    options.client.looksAtRecentUse = false
    change(&options)
    let settled = options
    try await TestEmulator.serving([try SampleAccount.load()]) { url, emulator in
      try await BedquotaSession.with(try TestEmulator.configuration(url: url)) { session in
        try await body(QuotaPools(session: session, options: settled), emulator)
      }
    }
  }

  private static func limit(_ client: QuotaAwareClient, _ measure: Measure) -> Int64? {
    client.limiter.snapshot.meters.first { $0.measure == measure }?.limit
  }

  @Test func idsOfTheSameQuotasShareAClient() async throws {
    try await Self.with { pools, _ in
      await pools.prepare()
      #expect(pools.readiness == QuotaPools.Readiness(credentialsProblem: nil, hasQuotas: true))
      // All who ask at the same time get the one client.
      let clients = try await withThrowingTaskGroup(of: QuotaAwareClient.self) { group in
        for _ in 0..<50 { group.addTask { try await pools.client(region: "us-east-1", endpoint: .runtime, id: Self.nova) } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(clients.allSatisfy { $0 === clients[0] })
      #expect(pools.knownClient(PoolName(region: "us-east-1", endpoint: .runtime, id: Self.nova)) === clients[0])
      let plain = try await pools.client(region: "us-east-1", endpoint: nil, id: Self.nova)
      #expect(plain === clients[0])
      // A model's own id has other quotas than its geographic profile.
      let onDemand = try await pools.client(region: "us-east-1", endpoint: .runtime, id: "amazon.nova-pro-v1:0")
      #expect(onDemand !== clients[0])
      #expect(pools.snapshots.count == 2)
      let snapshot = try #require(pools.snapshots.first { $0.id == Self.nova })
      #expect(snapshot.isKnown)
      #expect(snapshot.limits.contains { $0.state.measure == .tokensPerMinute && $0.quota?.code.hasPrefix("L-") == true })
    }
  }

  @Test func aShareOfTheQuotasIsAShareOfEachLimit() async throws {
    try await Self.with { whole, _ in
      let all = try await whole.client(region: "us-east-1", endpoint: .runtime, id: Self.nova)
      var options = whole.options
      options.sharing.quotaShare = 0.5
      options.sharing.tenantWeights = [7: 2]
      let half = try await QuotaPools(session: whole.session, options: options)
        .client(region: "us-east-1", endpoint: .runtime, id: Self.nova)
      for measure in [Measure.tokensPerMinute, .requestsPerMinute] {
        let limit = try #require(Self.limit(all, measure))
        #expect(Self.limit(half, measure) == limit / 2)
      }
    }
  }

  @Test func whatStrangersMakeUpIsBounded() async throws {
    try await Self.with({ $0.poolsMax = 40 }) { pools, emulator in
      let client = try await pools.client(region: "us-east-1", endpoint: .runtime, id: Self.nova)
      for number in 0..<300 {
        let unknown = try await pools.client(region: "us-east-1", endpoint: .runtime, id: "acme.made-up-\(number)-v1:0")
        #expect(unknown !== client)
      }
      #expect(pools.snapshots.count <= 11)
      #expect(pools.knownClient(PoolName(region: "us-east-1", endpoint: .runtime, id: Self.nova)) === client)
      await #expect(throws: BedquotaError.self) {
        try await pools.client(region: "us-east-1", endpoint: .runtime, id: "not an id")
      }
      for region in ["mars-1", "", "us-east-1.evil.example"] {
        await #expect(throws: BedquotaError.self) { try await pools.client(region: region, endpoint: .runtime, id: Self.nova) }
      }
    }
  }

  /// Without a network the gateway works with what the ids say, and says why.
  @Test func unreadableQuotasAreAssumed() async throws {
    let configuration = try TestEmulator.configuration(url: "http://127.0.0.1:1")
    try await BedquotaSession.with(configuration) { session in
      let pools = QuotaPools(session: session)
      await pools.prepare()
      #expect(pools.readiness == QuotaPools.Readiness(credentialsProblem: nil, hasQuotas: false))
      #expect(pools.problems.count == 1)
      let client = try await pools.client(region: "us-east-1", endpoint: .runtime, id: Self.nova)
      #expect(Self.limit(client, .tokensPerMinute) == 200_000)
      #expect(pools.quotasReadAt("us-east-1") == nil)
    }
  }

  @Test func weightsReachEveryQueue() async throws {
    try await Self.with { pools, _ in
      _ = try await pools.client(region: "us-east-1", endpoint: .runtime, id: Self.nova)
      pools.setTenantWeights([1: 3])
      let later = try await pools.client(region: "us-east-1", endpoint: .runtime, id: "amazon.nova-pro-v1:0")
      #expect(pools.snapshots.count == 2)
      #expect(later.isIdle)
    }
  }
}
