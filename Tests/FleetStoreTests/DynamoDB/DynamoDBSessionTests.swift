import AdmissionControl
import FleetStore
import Foundation
import Testing

/// Members with real limiters, each with a store of its own on one table, as in processes of their own.
struct DynamoDBSessionTests {
  private static let scope = FleetScope("test")
  private static let limit: Int64 = 60_000_000

  private func use(_ store: DynamoDBFleetStore, _ name: String) async throws {
    var configuration = LimiterConfiguration(limits: [Limit(.tokensPerMinute, Self.limit)])
    configuration.isPrepaid = true
    let limiter = Limiter(configuration)
    let member = FleetMemberConfiguration(
      name: name, meters: [FleetMemberConfiguration.Meter(.tokensPerMinute, limit: Self.limit)], discoveredAt: 1_000)
    let session = FleetSession(member, limiter: limiter, store: store, scope: Self.scope)
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

  private func share(_ store: @escaping @Sendable () throws -> DynamoDBFleetStore) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for name in ["a", "b"] { group.addTask { try await self.use(store(), name) } }
      try await group.waitForAll()
    }
    let status = try #require(try await store().status(of: Self.scope, timeout: .ample))
    #expect(status.members.isEmpty && status.total > 0)
  }

  @Test func twoMembersShareATable() async throws {
    let table = DynamoMemoryTable { Int64(Date().timeIntervalSince1970 * 1_000) }
    try await share { DynamoDBFleetStore(table) }
  }

  @Test(.enabled(if: DynamoDBEmulator.isFound, "BEDQUOTA_DYNAMODB_ENDPOINT names no emulator"))
  func twoMembersShareATableOfAnEmulator() async throws {
    try await DynamoDBEmulator.withTable { table in try await share { try table.store() } }
  }
}
