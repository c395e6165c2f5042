import AdmissionControl
import Testing

@testable import FleetStore

/// Members with real limiters and a store in memory.
struct FleetSessionTests {
  private static let scope = FleetScope("test")
  private static let limit: Int64 = 60_000_000

  private func limiter() -> Limiter {
    var configuration = LimiterConfiguration(limits: [Limit(.tokensPerMinute, Self.limit)])
    configuration.isPrepaid = true
    return Limiter(configuration)
  }

  private func configuration(_ name: String) -> FleetMemberConfiguration {
    FleetMemberConfiguration(
      name: name, meters: [FleetMemberConfiguration.Meter(.tokensPerMinute, limit: Self.limit)], discoveredAt: 1_000)
  }

  private func store() -> MemoryFleetStore { MemoryFleetStore { MonotonicClock.now() / 1_000_000 + 1_000_000 } }

  @Test func twoMembersShareAQuota() async throws {
    let store = store()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for name in ["a", "b"] {
        group.addTask {
          let limiter = self.limiter()
          let session = FleetSession(self.configuration(name), limiter: limiter, store: store, scope: Self.scope)
          try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await session.run() }
            for _ in 0..<20 {
              let reservation = try await limiter.reserve(Cost(input: 1_000, maxTokens: 1_000))
              reservation.settle(used: Amounts(tokens: 1_200))
            }
            session.stop()
            try await group.waitForAll()
          }
          #expect(limiter.debt(.tokensPerMinute)?.reserved == 20 * 1_200 * Meter.micro)
        }
      }
      try await group.waitForAll()
    }
    let status = try #require(await store.status(of: Self.scope, timeout: .seconds(1)))
    #expect(status.members.isEmpty && status.total > 0)
  }

  /// One request that the service refuses for the day is enough for all members.
  @Test(.timeLimit(.minutes(1))) func aDayThatIsUsedUpIsUsedUpForAll() async throws {
    let store = store()
    var configuration = LimiterConfiguration(limits: [Limit(.tokensPerMinute, Self.limit), Limit(.tokensPerDay, 86_400)])
    configuration.isPrepaid = true
    let limiter = Limiter(configuration)
    var member = self.configuration("a")
    member.meters.append(FleetMemberConfiguration.Meter(.tokensPerDay, limit: 86_400))
    let session = FleetSession(member, limiter: limiter, store: store, scope: Self.scope)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await session.run() }
      let reservation = try await limiter.reserve(Cost(input: 1_000, maxTokens: 1_000))
      reservation.settle(.throttled(.tokensPerDay))
      // It comes back at one token a second.
      while try await store.status(of: Self.scope, timeout: .seconds(1)).map({ $0.meters[1].level > 30_000 }) ?? true {
        try await Task.sleep(for: .milliseconds(5))
      }
      session.stop()
      try await group.waitForAll()
    }
  }

  @Test func aStoreThatRefusesEndsTheSession() async throws {
    let store = store()
    var other = configuration("other")
    other.meters.append(FleetMemberConfiguration.Meter(.requestsPerMinute, limit: 10))
    _ = try await store.sync(
      SyncRequest(member: "first", sequence: 1, meters: other.meters.map { SyncRequest.Meter($0.limit) }), scope: Self.scope,
      timeout: .seconds(1))
    let session = FleetSession(configuration("a"), limiter: limiter(), store: store, scope: Self.scope)
    let error = await #expect(throws: FleetStoreError.self) { try await session.run() }
    #expect(error?.code == .meters)
  }

  @Test func aCancelledSessionEnds() async throws {
    let session = FleetSession(configuration("a"), limiter: limiter(), store: store(), scope: Self.scope)
    let task = Task { try await session.run() }
    task.cancel()
    try await task.value
  }
}
