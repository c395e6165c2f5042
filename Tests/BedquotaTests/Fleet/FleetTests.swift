import AWSWire
import AdmissionControl
import Bedquota
import BedrockEmulator
import BedrockQuotas
import FleetStore
import Foundation
import Synchronization
import Testing

/// Clients that share their quotas, against the emulator over HTTP and a store in memory.
@Suite(.timeLimit(.minutes(5))) struct FleetTests {
  private let request = ModelRequest(prompt: "How are you?", maxTokens: 100)

  private static func store() -> MemoryFleetStore {
    MemoryFleetStore { Int64(Date().timeIntervalSince1970 * 1_000) }
  }

  private static func options(_ store: any FleetStore, fallback: Fleet.Fallback = .share) -> QuotaAwareClient.Options {
    var fleet = Fleet.Options()
    fleet.fallback = fallback
    var options = QuotaAwareClient.Options()
    options.fleet = Fleet(store: store, options: fleet)
    return options
  }

  @Test func whatTwoClientsUseIsBookedInOneScope() async throws {
    let store = Self.store()
    let name = Mutex("")
    try await ClientBench.with(options: Self.options(store)) { [request] client, emulator in
      let other = QuotaAwareClient(client.resolution, session: client.session, options: Self.options(store))
      for client in [client, other, client] { #expect(try await client.send(request).usage?.output == 40) }
      let scopes = try await store.scopes(timeout: .seconds(1))
      let scope = try #require(scopes.first)
      #expect(scopes.count == 1 && scope.name.hasSuffix(client.resolution.family) && scope.name.contains("/us-east-1/runtime:L-"))
      let status = try #require(await store.status(of: scope, timeout: .seconds(1)))
      #expect(status.members.count == 2 && status.total > 0)
      #expect(client.fleetStatus?.members == 2 || other.fleetStatus?.members == 2)
      name.withLock { $0 = scope.name }
    }
    // The end of the session is the end of its members.
    let status = try #require(await store.status(of: FleetScope(name.withLock { $0 }), timeout: .seconds(1)))
    #expect(status.members.isEmpty)
    let tokens = try #require(status.meters.first)
    // Three replies, less what has come back since.
    #expect(tokens.limit.capacity - tokens.level <= 3 * 140)
  }

  @Test func aRouterAndAStreamTakePartToo() async throws {
    let store = Self.store()
    try await ClientBench.with(options: Self.options(store)) { [request] client, _ in
      let router = try QuotaRouter([.init("here", client)])
      #expect(try await router.send(request).usage?.output == 40)
      let stream = try await router.stream(request)
      for try await _ in stream {}
      #expect(stream.usage?.output == 40)
      #expect(client.fleetStatus?.isWithoutStore == false)
    }
  }

  @Test func aStoreThatRefusesIsAnErrorUntilItDoesNot() async throws {
    let store = Self.store()
    try await ClientBench.with(options: Self.options(store)) { [request] client, _ in
      let control = FleetControl(Fleet(store: store), in: client.session)
      let scope = try await control.scope(of: client.resolution)
      // Somebody has other limits there.
      _ = try await store.sync(
        SyncRequest(member: "x", sequence: 1, meters: [SyncRequest.Meter(FleetLimit(.day, rate: 1, capacity: 1))]), scope: scope,
        timeout: .seconds(1))
      for _ in 0..<2 {
        let error = await #expect(throws: BedquotaError.self) { try await client.send(request) }
        #expect(error?.code == .fleet && error?.message.contains("meters") == true)
      }
      #expect(client.limiter.snapshot.waiting == 0)
      _ = try await control.reset(scope)
      // A failure is kept for a second.
      while (try? await client.send(request)) == nil { try await Task.sleep(for: .milliseconds(50)) }
    }
  }

  @Test(arguments: [Fleet.Fallback.share, .closed])
  func withoutAStoreAtTheStartNothingIsSent(fallback: Fleet.Fallback) async throws {
    try await ClientBench.with(options: Self.options(AwayStore(), fallback: fallback)) { [request] client, emulator in
      let error = await #expect(throws: BedquotaError.self) { try await client.send(request) }
      #expect(error?.code == .fleet && error?.message.contains("nobody is there") == true)
      #expect(client.statistics.attempted == 0)
    }
  }

  @Test func aFixedPartNeedsNoStore() async throws {
    let changes = Mutex<[String]>([])
    var fleet = Fleet.Options()
    fleet.fallback = .fixed(members: 4)
    fleet.onChange = { change in changes.withLock { $0.append(change) } }
    var options = QuotaAwareClient.Options()
    options.fleet = Fleet(store: AwayStore(), options: fleet)
    try await ClientBench.with(options: options) { [request] client, _ in
      let reply = try await client.send(request)
      #expect(reply.usage?.output == 40 && client.fleetStatus?.isInFallback == true)
    }
    let told = changes.withLock { $0 }
    #expect(told.count == 1 && told[0].contains("25 % of the quota") && told[0].contains("nobody is there"))
  }

  @Test func aThrottledRequestLowersTheLimitsOfAll() async throws {
    let store = Self.store()
    try await ClientBench.with(options: Self.options(store)) { [request] client, emulator in
      _ = try await client.send(request)
      let scope = try #require(try await store.scopes(timeout: .seconds(1)).first)
      // The service has less than the account's list says.
      await ClientBench.control(emulator, "quotas", ["code": "L-ED46B8C5", "value": 1])
      // On a slow machine the quota may be full again, so one of them may be accepted.
      async let one = client.send(request)
      async let other = client.send(request)
      while try await store.status(of: scope, timeout: .seconds(1)).map({ !FleetMemberConfiguration.isLearnt($0.version) })
        ?? true
      {
        try await Task.sleep(for: .milliseconds(20))
      }
      await ClientBench.control(emulator, "quotas", ["code": "L-ED46B8C5", "value": 1_000])
      _ = try await (one, other)
      // The same quotas, read again, don't end it.
      client.setLimits(of: client.resolution)
      _ = try await client.send(request)
      let version = try #require(try await store.status(of: scope, timeout: .seconds(1))).version
      #expect(FleetMemberConfiguration.isLearnt(version))
    }
  }

  @Test func aRouteGoesRoundWhoCannotJoin() async throws {
    try await ClientBench.with(options: Self.options(Self.store())) { [request] client, _ in
      let away = QuotaAwareClient(client.resolution, session: client.session, options: Self.options(AwayStore()))
      let router = try QuotaRouter([.init("away", away), .init("here", client)])
      for _ in 0..<3 { #expect(try await router.send(request).usage?.output == 40) }
      #expect(away.statistics.attempted == 0 && client.statistics.attempted == 3)
    }
  }

  @Test func aDrainedClientStillLeaves() async throws {
    let store = Self.store()
    try await ClientBench.with(options: Self.options(store)) { [request] client, _ in
      _ = try await client.send(request)
      await client.drain()
      await #expect(throws: Refusal.self) { try await client.send(request) }
    }
    let scope = try #require(try await store.scopes(timeout: .seconds(1)).first)
    #expect(try await store.status(of: scope, timeout: .seconds(1))?.members.isEmpty == true)
  }

  @Test func anotherClockIsRefused() async throws {
    var options = Self.options(Self.store())
    options.timeScale = 10
    try await ClientBench.with(options: options) { [request] client, _ in
      let error = await #expect(throws: BedquotaError.self) { try await client.send(request) }
      #expect(error?.code == .fleet)
    }
  }
}

/// A store that never answers.
private struct AwayStore: FleetStore {
  private static let error = FleetStoreError(.unavailable, "At 127.0.0.1 nobody is there.")

  func sync(_ request: SyncRequest, scope: FleetScope, timeout: Duration) async throws(FleetStoreError) -> SyncReply {
    throw Self.error
  }
  func status(of scope: FleetScope, timeout: Duration) async throws(FleetStoreError) -> FleetStatus? { throw Self.error }
  func scopes(timeout: Duration) async throws(FleetStoreError) -> [FleetScope] { throw Self.error }
  func forget(_ member: String, scope: FleetScope, timeout: Duration) async throws(FleetStoreError) -> Bool { throw Self.error }
  func reset(_ scope: FleetScope, timeout: Duration) async throws(FleetStoreError) -> Bool { throw Self.error }
}
