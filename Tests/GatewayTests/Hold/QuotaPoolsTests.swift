import AWSServer
import AWSWire
import AdmissionControl
import Bedquota
import BedrockEmulator
import BedrockQuotas
import Synchronization
import TestSupport
import Testing

@testable import AWSClient
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
      #expect(pools.knownPool(PoolName(region: "us-east-1", endpoint: .runtime, id: Self.nova))?.client === clients[0])
      let plain = try await pools.client(region: "us-east-1", endpoint: nil, id: Self.nova)
      #expect(plain === clients[0])
      // A model's own id has other quotas than its geographic profile.
      let onDemand = try await pools.client(region: "us-east-1", endpoint: .runtime, id: "amazon.nova-pro-v1:0")
      #expect(onDemand !== clients[0])
      #expect(pools.snapshots.count == 2)
      let snapshot = try #require(pools.snapshots.first { $0.label.id == Self.nova })
      #expect(snapshot.status == .resolved)
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
      #expect(pools.knownPool(PoolName(region: "us-east-1", endpoint: .runtime, id: Self.nova))?.client === client)
      await #expect(throws: BedquotaError.self) {
        try await pools.client(region: "us-east-1", endpoint: .runtime, id: "not an id")
      }
      for region in ["mars-1", "", "us-east-1.evil.example"] {
        await #expect(throws: BedquotaError.self) { try await pools.client(region: region, endpoint: .runtime, id: Self.nova) }
      }
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

  /// A changed quota is enforced by the clients that are there.
  @Test func quotasAreReadAgain() async throws {
    let changes = Mutex<[String]>([])
    try await Self.with { options in
      options.onQuotaChange = { pool, change in changes.withLock { $0.append("\(pool.id) \(change)") } }
    } _: { pools, emulator in
      let client = try await pools.client(region: "us-east-1", endpoint: .runtime, id: Self.nova)
      let code = try #require(client.resolution.quota(.rpm)?.code)
      let body: JSONValue = ["code": .string(code), "value": 7]
      let reply = await emulator.respond(
        to: .init(method: "PUT", target: "/_emulator/quotas", headers: [], body: body.data))
      #expect(reply.status == 200)
      await pools.refresh()
      #expect(Self.limit(client, .requestsPerMinute) == 7 || Self.limit(client, .requestsPerMinute) == 14)
      #expect(try await pools.client(region: "us-east-1", endpoint: .runtime, id: Self.nova) === client)
      #expect(pools.regionQuotas.values.map(\.problem) == [nil])
      let now = try #require(Self.limit(client, .requestsPerMinute))
      let said = changes.withLock { $0 }
      #expect(said.count == 1 && said[0].hasPrefix("\(Self.nova) \(code) rpm ") && said[0].hasSuffix(" -> \(now)"), "\(said)")
    }
  }

  /// Without a network the gateway works with what the ids say, and says why. Once the network is back, the next request gets the client
  /// of the true quotas.
  @Test func quotasThatCouldNotBeReadAreReadLater() async throws {
    try await Self.with { pools, _ in
      let network = Network(pools.session.client.transport)
      let session = BedquotaSession(client: pools.session.client.with(transport: network))
      let later = QuotaPools(session: session, options: pools.options)
      await later.prepare()
      #expect(!later.readiness.hasQuotas)
      #expect(later.readiness.credentialsProblem == nil)
      #expect(later.regionQuotas.count == 1 && later.regionQuotas["us-east-1"]?.problem != nil)
      #expect(later.quotasReadAt("us-east-1") == nil)
      let guessed = try await later.client(region: "us-east-1", endpoint: .runtime, id: Self.nova)
      #expect(Self.limit(guessed, .tokensPerMinute) == 200_000)
      network.isUp.store(true, ordering: .relaxed)
      await later.refresh()
      #expect(later.readiness.hasQuotas)
      #expect(later.regionQuotas.values.map(\.problem) == [nil])
      let known = try await later.client(region: "us-east-1", endpoint: .runtime, id: Self.nova)
      #expect(known !== guessed)
      #expect(known.resolution.status == .resolved)
      #expect(later.snapshots.count == 1)
    }
  }

  /// A network that is down at first.
  private final class Network: HTTPTransport {
    let isUp = Atomic(false)
    private let transport: any HTTPTransport

    init(_ transport: any HTTPTransport) { self.transport = transport }

    private func check() throws { if !isUp.load(ordering: .relaxed) { throw AWSClientError(.response, "The network is down.") } }

    func send(_ request: AWSHTTPRequest, timeout: Duration) async throws -> AWSHTTPResponse {
      try check()
      return try await transport.send(request, timeout: timeout)
    }

    func stream(_ request: AWSHTTPRequest, timeout: Duration) async throws -> AWSHTTPStream {
      try check()
      return try await transport.stream(request, timeout: timeout)
    }
  }
}

extension QuotaPools {
  /// The client whose queue has the requests to an id.
  fileprivate func client(region: String, endpoint: QuotaEndpoint?, id: String) async throws -> QuotaAwareClient {
    try await pool(PoolName(region: region, endpoint: endpoint, id: id)).client
  }
}
