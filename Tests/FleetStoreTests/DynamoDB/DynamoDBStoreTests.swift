import Foundation
import Synchronization
import Testing

@testable import FleetStore

/// The store with a table in memory.
struct DynamoDBStoreTests {
  private let scope = FleetScope("tests/us-east-1/model")
  private let table = DynamoMemoryTable { Int64(Date().timeIntervalSince1970 * 1_000) }

  private func store(_ table: (any DynamoTable)? = nil) -> DynamoDBFleetStore {
    DynamoDBFleetStore(table ?? self.table)
  }

  @Test func storesOfSeveralProcessesShareATable() async throws {
    let (a, b) = (store(), store())
    _ = try await a.sync(.sample("a").asking(1_000), scope: scope, timeout: .ample)
    let reply = try #require(try await b.sync(.sample("b").asking(1_000), scope: scope, timeout: .ample).answer)
    #expect(reply.members == 2 && reply.delays.count == 1 && reply.total == 200_000)
    #expect(try await b.status(of: scope, timeout: .ample)?.members.map(\.name) == ["a", "b"])
    #expect(try await a.reset(scope, timeout: .ample))
    #expect(try await b.status(of: scope, timeout: .ample) == nil)
  }

  @Test func placesOfTheForgottenComeBack() async throws {
    let limits = [FleetLimit.tokens, .places]
    let (a, b) = (store(), store())
    let first = try #require(
      try await a.sync(.sample("a", 1, limits).asking(100, 100, 100, 100, 100), scope: scope, timeout: .ample).answer)
    #expect(first.delays.count == 4 && first.levels[1] == 0)
    #expect(try await b.forget("a", scope: scope, timeout: .ample))
    #expect(try await b.forget("a", scope: scope, timeout: .ample) == false)
    #expect(try await b.sync(.sample("b", 1, limits), scope: scope, timeout: .ample).answer?.levels[1] == 4)
  }

  @Test func aDamagedItemIsAnError() async throws {
    let store = store()
    _ = try await store.sync(.sample("a"), scope: scope, timeout: .ample)
    let key = DynamoKey(scope, prefix: "")
    var item = try #require(try await table.read(key, timeout: .ample))
    item["l0"] = .text("x")
    try await table.put(key, item, timeout: .ample)
    for sequence: Int64 in 2...3 {
      let error = await #expect(throws: FleetStoreError.self) {
        try await self.store().sync(.sample("b", sequence).asking(1), scope: scope, timeout: .ample)
      }
      #expect(error?.code == .corrupt)
    }
  }

  /// A table that does what it is told and says nothing.
  private final class Silent: DynamoTable {
    let inner: DynamoMemoryTable
    let isCertain: Bool
    let isSilent = Atomic(false)
    init(_ inner: DynamoMemoryTable, isCertain: Bool) { (self.inner, self.isCertain) = (inner, isCertain) }
    var now: Int64 { inner.now }

    func read(_ key: DynamoKey, timeout: Duration) async throws(DynamoFailure) -> DynamoAttributes? {
      try await inner.read(key, timeout: timeout)
    }
    func update(_ key: DynamoKey, _ update: DynamoUpdate, timeout: Duration) async throws(DynamoFailure) -> DynamoOutcome {
      if isSilent.load(ordering: .relaxed), isCertain { throw DynamoFailure(.noAnswer, isCertain: true) }
      let outcome = try await inner.update(key, update, timeout: timeout)
      if isSilent.load(ordering: .relaxed) { throw DynamoFailure(.noAnswer, isCertain: false) }
      return outcome
    }
    func put(_ key: DynamoKey, _ item: DynamoAttributes, timeout: Duration) async throws(DynamoFailure) {
      try await inner.put(key, item, timeout: timeout)
    }
    func delete(_ key: DynamoKey, timeout: Duration) async throws(DynamoFailure) -> DynamoAttributes? {
      try await inner.delete(key, timeout: timeout)
    }
    func items(beside key: DynamoKey, timeout: Duration) async throws(DynamoFailure) -> [String: DynamoAttributes] {
      try await inner.items(beside: key, timeout: timeout)
    }
    func partitions(withSort sort: String, timeout: Duration) async throws(DynamoFailure) -> [String] {
      try await inner.partitions(withSort: sort, timeout: timeout)
    }
  }

  @Test func scopesAreListed() async throws {
    let store = store(table)
    #expect(try await store.scopes(timeout: .ample).isEmpty)
    for name in ["1/us-east-1/b:0", "1/us-east-1/a 100 %"] {
      _ = try await store.sync(.sample("m"), scope: FleetScope(name), timeout: .ample)
    }
    #expect(try await store.scopes(timeout: .ample).map(\.name) == ["1/us-east-1/a 100 %", "1/us-east-1/b:0"])
  }

  @Test(arguments: [false, true])
  func onlyWhatIsInDoubtIsForfeited(isCertain: Bool) async throws {
    let silent = Silent(table, isCertain: isCertain)
    let store = store(silent)
    _ = try await store.sync(.sample("a").asking(1_000), scope: scope, timeout: .ample)
    silent.isSilent.store(true, ordering: .relaxed)
    let error = await #expect(throws: FleetStoreError.self) {
      try await store.sync(.sample("a", 2).owing(200_000), scope: scope, timeout: .ample)
    }
    #expect(error?.isLost == true)
    silent.isSilent.store(false, ordering: .relaxed)
    // A debit that may have been made is made again.
    let reply = try #require(try await store.sync(.sample("a", 3).owing(200_000), scope: scope, timeout: .ample).answer)
    #expect(isCertain ? reply.levels[0] >= 370_000 : reply.levels[0] < 370_000)
  }
}
