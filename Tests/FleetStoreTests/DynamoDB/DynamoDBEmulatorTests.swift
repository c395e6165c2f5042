import AWSClient
import Foundation
import Logging
import Synchronization
import Testing

@testable import FleetNetwork
@testable import FleetStore

/// The store against an emulator over the network.
@Suite(.serialized, .enabled(if: DynamoDBEmulator.isFound, "BEDQUOTA_DYNAMODB_ENDPOINT names no emulator"))
struct DynamoDBEmulatorTests {
  private let scope = FleetScope("123456789012/us-east-1/model")

  private func network(_ table: DynamoDBEmulator.Table, _ name: String? = nil) -> DynamoNetworkTable {
    DynamoNetworkTable(name ?? table.name, client: table.client, logger: Logger(label: "test")) {
      Int64(Date().timeIntervalSince1970 * 1_000)
    }
  }

  /// Some emulators check a condition first and write later. What the other tests say of them would be worth nothing.
  @Test(.enabled(if: DynamoDBEmulator.isAtomic, "the emulator isn't atomic"))
  func conditionalUpdatesAreAtomic() async throws {
    try await DynamoDBEmulator.withTable { table in
      let key = DynamoKey(scope, prefix: "")
      let first = try await network(table).update(
        key, DynamoUpdate(conditions: [.isNew], actions: [.set("l0", .number(-480_000)), .set("n", .number(0))]), timeout: .ample)
      #expect(first == .written(["l0": .number(-480_000), "n": .number(0)]))
      let draw = DynamoUpdate(conditions: [.atMost("l0", -4_800)], actions: [.add("l0", 4_800), .add("n", 1)])
      let written = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<16 {
          group.addTask {
            let network = self.network(table)
            var written = 0
            for _ in 0..<25 {
              if case .written = try await network.update(key, draw, timeout: .ample) { written += 1 }
            }
            return written
          }
        }
        return try await group.reduce(0, +)
      }
      #expect(written == 100)
      let item = try await network(table).read(key, timeout: .ample)
      #expect(item == ["l0": .number(0), "n": .number(100)], "\(item ?? [:])")
    }
  }

  /// The emulator must mean the same by an expression as the table in memory by the change.
  @Test func expressionsMeanWhatTheChangesSay() async throws {
    try await DynamoDBEmulator.withTable { table in
      let key = DynamoKey(scope, prefix: "team/")
      let updates = [
        DynamoUpdate(conditions: [.isNew], actions: [.set("v", .number(1)), .set("l0", .number(0)), .set("q", .text("1 0"))]),
        DynamoUpdate(conditions: [.isNew], actions: [.set("v", .number(9))]),
        // BETWEEN would be false here.
        DynamoUpdate(conditions: [.atLeast("l0", -1), .atMost("l0", 0)], actions: [.add("l0", 5), .add("w7", 1)]),
        DynamoUpdate(conditions: [.atLeast("l0", 6)], actions: [.add("l0", 5)]),
        DynamoUpdate(
          conditions: [.equal("v", 1)], actions: [.remove("w7"), .remove("w1"), .set("ttl", .number(3)), .add("l0", -9)]),
        DynamoUpdate(conditions: [.equal("v", 2)], actions: [.add("l0", 1)]),
        DynamoUpdate(actions: [.add("l0", 10_000_000_000_000_000_000_000)]),
      ]
      var item: DynamoAttributes?
      for update in updates {
        let expected = try update.apply(to: item)
        #expect(try await network(table).update(key, update, timeout: .ample) == expected)
        if case .written(let new) = expected { item = new }
      }
    }
  }

  @Test(.enabled(if: DynamoDBEmulator.isAtomic, "the emulator isn't atomic"))
  func manyStoresAtOnceGetNoMoreThanThereIs() async throws {
    try await DynamoDBEmulator.withTable { table in
      let start = ContinuousClock.now
      let granted = try await withThrowingTaskGroup(of: Int64.self) { group in
        for member in 0..<24 {
          group.addTask {
            // A store of its own has books of its own, as in another process.
            let store = try table.store()
            let request = SyncRequest.sample("\(member)").asking(30_000).with { $0.horizon = 60_000 }
            let reply = try await store.sync(request, scope: self.scope, timeout: .ample)
            return Int64(reply.answer?.delays.count ?? 0) * 30_000
          }
        }
        return try await group.reduce(0, +)
      }
      let elapsed = Int64((ContinuousClock.now - start) / .milliseconds(1))
      #expect(granted <= 570_000 + elapsed * 10 && granted >= 540_000)
      let status = try await table.store().status(of: scope, timeout: .ample)
      #expect(status?.members.count == 24 && (status?.total ?? 0) == granted * 100)
    }
  }

  @Test func failuresSayWhatToDo() async throws {
    try await DynamoDBEmulator.withTable(keys: ["id", "sk"]) { table in
      let wrong = await #expect(throws: FleetStoreError.self) {
        try await table.store().sync(.sample("a"), scope: scope, timeout: .ample)
      }
      #expect(wrong?.code == .configuration && wrong?.message.contains("sort key is sk") == true, "\(wrong?.message ?? "")")
      let absent = await #expect(throws: FleetStoreError.self) {
        try await table.store(table: "absent-table").sync(.sample("a"), scope: scope, timeout: .ample)
      }
      #expect(absent?.code == .configuration && absent?.message.contains("create it") == true && absent?.isLost == false)
    }
  }

  @Test func anotherClockIsCorrected() async throws {
    try await DynamoDBEmulator.withTable { table in
      let hour: Int64 = 3_600_000
      let network = DynamoNetworkTable(table.name, client: table.client, logger: Logger(label: "test")) {
        Int64(Date().timeIntervalSince1970 * 1_000) + hour
      }
      _ = try await network.read(DynamoKey(scope, prefix: ""), timeout: .ample)
      #expect(abs(network.now - Int64(Date().timeIntervalSince1970 * 1_000)) < 120_000)
    }
  }
}
