import AdmissionControl
import BedrockQuotas
import FleetNetwork
import Foundation
import Testing

@testable import Bedquota
@testable import FleetStore

/// What people ask of a store and change in it.
@Suite(.timeLimit(.minutes(5))) struct FleetControlTests {
  private func store() -> MemoryFleetStore { MemoryFleetStore { Int64(Date().timeIntervalSince1970 * 1_000) } }

  private func options(_ store: any FleetStore) -> QuotaAwareClient.Options {
    var options = QuotaAwareClient.Options()
    options.fleet = Fleet(store: store)
    return options
  }

  @Test func limitsByHandCountMoreThanQuotasUntilTheirTimeIsOver() async throws {
    let store = store()
    try await ClientBench.with(options: options(store)) { client, _ in
      let control = FleetControl(Fleet(store: store), in: client.session)
      let request = ModelRequest(prompt: "How are you?", maxTokens: 100)
      _ = try await client.send(request)
      let scope = try await control.scope(of: client.resolution)
      var reading = try await control.reading(of: scope, client.resolution)
      #expect(reading.measures == [.tokensPerMinute, .requestsPerMinute, .tokensPerDay])
      try await control.setLimits([.tokensPerMinute: 50_000], of: reading, until: Date(timeIntervalSinceNow: 3_600))
      reading = try await control.reading(of: scope, client.resolution)
      let meters = try #require(reading.status?.meters)
      #expect(meters[0].limit.rate == 50_000 && meters[0].limit.capacity == 47_500)
      // A process that begins later reads the quotas later, and follows all the same.
      let other = QuotaAwareClient(client.resolution, session: client.session, options: client.options)
      _ = try await other.send(request)
      _ = try await client.send(request)
      for client in [client, other] {
        while client.meters.first(where: { $0.measure == .tokensPerMinute })?.limit != 50_000 {
          try await Task.sleep(for: .milliseconds(20))
        }
      }
      #expect(try await control.reading(of: scope).status?.meters[0].limit.rate == 50_000)
      // Back by hand, before the time is over.
      try await control.setLimits([.tokensPerMinute: 60_000], of: reading, until: Date(timeIntervalSinceNow: 60))
      #expect(try await control.reading(of: scope).status?.meters[0].limit.rate == 60_000)
    }
  }

  @Test func whatNobodyKnowsHasNoLimits() async throws {
    let store = store()
    try await ClientBench.with { client, _ in
      let control = FleetControl(Fleet(store: store), in: client.session)
      let reading = try await control.reading(of: FleetScope("nobody"))
      #expect(reading.status == nil)
      await #expect(throws: BedquotaError.self) { try await control.setLimits([:], of: reading, until: Date()) }
      #expect(try await control.forget("x", of: FleetScope("nobody")) == false)
      #expect(try await control.scopes().isEmpty)
    }
  }

  /// A process has a name in the store for each priority.
  @Test func whoIsForgottenIsForgottenWithAllPriorities() async throws {
    let store = store()
    try await ClientBench.with { client, _ in
      let control = FleetControl(Fleet(store: store), in: client.session)
      let scope = FleetScope("s")
      let meters = [SyncRequest.Meter(FleetLimit(.minute, rate: 1_000, capacity: 950, burst: 16))]
      for name in ["a/0", "a/2", "b"] {
        _ = try await store.sync(SyncRequest(member: name, sequence: 1, meters: meters), scope: scope, timeout: .seconds(1))
      }
      #expect(try await control.forget("a", of: scope))
      let status = try #require(try await control.reading(of: scope).status)
      #expect(status.processes.filter(\.isPresent).map(\.name) == ["b"])
      #expect(try await control.forget("c", of: scope) == false)
    }
  }

  @Test func requestsInFlightAreSharedWhereTheStoreCan() throws {
    let (servers, table) = (Fleet(store: store()), try Fleet("dynamodb://fleet?region=us-east-1"))
    let limits = [Limit(.concurrency, 5), Limit(.requestsPerMinute, 60)]
    #expect(FleetMembership.measures(of: limits, in: servers) == [.requestsPerMinute, .concurrency])
    #expect(FleetMembership.measures(of: limits, in: table) == [.requestsPerMinute])
    // Nothing else would pace them.
    #expect(FleetMembership.measures(of: [limits[0]], in: servers).isEmpty && !FleetMembership.shares([limits[0]]))
  }

  @Test func everyProblemIsFound() throws {
    let limit = FleetLimit(.minute, rate: 1_000, capacity: 950, burst: 16)
    func reading(version: Int64 = 2, level: Int64 = 0, silence: Int64? = 10, isWaiting: Bool = true) -> FleetControl.Reading {
      let member = FleetStatus.Member(
        name: "a", weight: 100, sequence: 1, owed: [.zero], silence: silence, isWaiting: isWaiting, fallback: 0, share: 0)
      let status = FleetStatus(
        epoch: 1, now: 1_000, version: version, total: 0, windowSum: 0,
        meters: [FleetStatus.Meter(limit: limit, level: level, pacer: 0)], members: [member])
      return FleetControl.Reading(scope: FleetScope("s"), id: nil, measures: nil, status: status, roundTrip: .milliseconds(1))
    }
    let check = FleetCheck()
    #expect(check.problems(of: reading()).isEmpty)
    #expect(check.problems(of: reading(version: 3)).map(\.code) == [.limitsLowered])
    #expect(check.problems(of: reading(level: -949)).isEmpty)
    #expect(check.problems(of: reading(level: -950)).map(\.code) == [.deepDebt])
    #expect(check.problems(of: reading(silence: 15_001)).map(\.code) == [.silentWaiter])
    #expect(check.problems(of: reading(silence: 15_001, isWaiting: false)).isEmpty)
    var unknown = reading()
    unknown.status = nil
    #expect(check.problems(of: unknown).map(\.code) == [.unknownScope])
    var slow = reading()
    slow.roundTrip = .milliseconds(251)
    #expect(check.problems(of: slow).map(\.code) == [.slowStore])
  }

  @Test func anAddressShowsNoPassword() throws {
    let settings = FleetSettings(address: "redis://me:hunter2secret@h:1", origin: .environment)
    var dumped = ""
    dump(settings, to: &dumped)
    for text in ["\(settings)", String(reflecting: settings), dumped] { #expect(!text.contains("hunter2")) }
    _ = try settings.fleet()
    let error = #expect(throws: BedquotaError.self) {
      try FleetSettings(address: "redis://me:hunter2secret@h:1", origin: .argument).fleet()
    }
    #expect(error?.code == .configuration && error?.message.contains("hunter2") == false)
  }

  @Test(arguments: [("share", Fleet.Fallback.share), ("closed", .closed), ("7", .fixed(members: 7))])
  func fallbacks(text: String, fallback: Fleet.Fallback) { #expect(Fleet.Fallback(text) == fallback) }

  @Test(arguments: ["", "0", "-1", "Share", "100001", "1.5"])
  func noFallbacks(text: String) { #expect(Fleet.Fallback(text) == nil) }
}
