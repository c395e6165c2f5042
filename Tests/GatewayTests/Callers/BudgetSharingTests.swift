import FleetStore
import Synchronization
import Testing

@testable import Gateway

/// Budgets that several gateways share.
struct BudgetSharingTests {
  private static let day: Int64 = 20_000
  private static let noon = day * 86_400 + 43_200

  /// A gateway, as far as budgets go.
  private struct Bench {
    let registry = CallerRegistry()
    let sharing: BudgetSharing
    let caller: Caller

    init(_ store: any FleetStore, _ name: String, tokens: Int64? = 1_000, requests: Int64? = nil) {
      var key = CallerKey(name: "ci", proof: .derived(serials: [1]))
      key.budget = BudgetLimits(tokensPerDay: tokens, requestsPerDay: requests)
      caller = registry.caller(of: key)
      sharing = BudgetSharing(store, registry: registry, member: name)
    }

    func use(_ tokens: Int64, at now: Int64) throws {
      let budget = try #require(caller.budget)
      budget.settle(try budget.reserve(tokens, at: now), used: tokens, at: now)
    }

    func left(at now: Int64) -> Int64? { caller.budget?.snapshot(at: now).tokensLeft }
  }

  private func store() -> MemoryFleetStore { MemoryFleetStore { Self.noon * 1_000 } }

  @Test func eachHearsWhatTheOtherUsed() async throws {
    let store = store()
    let (a, b) = (Bench(store, "a"), Bench(store, "b"))
    try a.use(300, at: Self.noon)
    try b.use(200, at: Self.noon)
    #expect(a.left(at: Self.noon) == 700 && b.left(at: Self.noon) == 800)
    await a.sharing.share(at: Self.noon)
    await b.sharing.share(at: Self.noon)
    #expect(b.left(at: Self.noon) == 500)
    // The one that has used nothing since hears of it a little later.
    for second in 1...6 { await a.sharing.share(at: Self.noon + Int64(second)) }
    #expect(a.left(at: Self.noon) == 500)
    #expect(throws: CallerBudget.Excess.self) { try a.use(501, at: Self.noon) }
    try a.use(500, at: Self.noon)
    await a.sharing.share(at: Self.noon + 7)
    try b.use(0, at: Self.noon)
    await b.sharing.share(at: Self.noon + 8)
    #expect(b.left(at: Self.noon) == 0)
  }

  @Test func requestsCountToo() async throws {
    let store = store()
    let (a, b) = (
      Bench(store, "a", tokens: nil, requests: 3), Bench(store, "b", tokens: nil, requests: 3)
    )
    try a.use(1, at: Self.noon)
    try a.use(1, at: Self.noon)
    await a.sharing.share(at: Self.noon)
    try b.use(1, at: Self.noon)
    await b.sharing.share(at: Self.noon)
    #expect(throws: CallerBudget.Excess.self) { try b.use(1, at: Self.noon) }
  }

  @Test func whatWasReservedAndNotUsedComesBack() async throws {
    let store = store()
    let (a, b) = (Bench(store, "a"), Bench(store, "b"))
    let budget = try #require(a.caller.budget)
    let reservation = try budget.reserve(900, at: Self.noon)
    try b.use(1, at: Self.noon)
    await a.sharing.share(at: Self.noon)
    await b.sharing.share(at: Self.noon)
    #expect(b.left(at: Self.noon) == 99)
    budget.settle(reservation, used: 10, at: Self.noon)
    await a.sharing.share(at: Self.noon + 1)
    await b.sharing.share(at: Self.noon + 6)
    #expect(b.left(at: Self.noon) == 989)
  }

  @Test func aNewDayBeginsAnew() async throws {
    let store = store()
    let (a, b) = (Bench(store, "a"), Bench(store, "b"))
    try a.use(1_000, at: Self.noon)
    await a.sharing.share(at: Self.noon)
    try b.use(0, at: Self.noon)
    await b.sharing.share(at: Self.noon)
    #expect(b.left(at: Self.noon) == 0)
    let tomorrow = Self.noon + 86_400
    try b.use(10, at: tomorrow)
    await b.sharing.share(at: tomorrow)
    #expect(b.left(at: tomorrow) == 990)
  }

  @Test func aHigherBudgetHoldsForAll() async throws {
    let store = store()
    let (a, b) = (Bench(store, "a", tokens: 1_000), Bench(store, "b", tokens: 2_000))
    try a.use(600, at: Self.noon)
    await a.sharing.share(at: Self.noon)
    try b.use(100, at: Self.noon)
    // Limits that are read in the same millisecond have the same version.
    try await Task.sleep(for: .milliseconds(5))
    b.sharing.limitsWereRead()
    await b.sharing.share(at: Self.noon)
    #expect(b.left(at: Self.noon) == 1_300)
    // Its own limit is lower, and what was used elsewhere is the same.
    try a.use(0, at: Self.noon)
    for second in 1...6 { await a.sharing.share(at: Self.noon + Int64(second)) }
    #expect(a.left(at: Self.noon) == 300)
  }

  @Test(arguments: [false, true])
  func whatTheStoreMissedIsToldLater(isDone: Bool) async throws {
    let store = store()
    let (a, b) = (Bench(LosingStore(inner: store, isDone: isDone), "a"), Bench(store, "b"))
    try a.use(100, at: Self.noon)
    await a.sharing.share(at: Self.noon)
    // Its second answer and those after it are lost.
    try a.use(200, at: Self.noon)
    for second in 1...4 { await a.sharing.share(at: Self.noon + Int64(second)) }
    try b.use(1, at: Self.noon)
    // Longer than anything is remembered without the store.
    for second in stride(from: 5, through: 200, by: 5) { await a.sharing.share(at: Self.noon + Int64(second)) }
    await b.sharing.share(at: Self.noon + 200)
    #expect(b.left(at: Self.noon) == 699)
  }

  @Test func aRefusedCallerHearsThatOthersUsedLess() async throws {
    let store = store()
    let (a, b) = (Bench(store, "a"), Bench(store, "b"))
    let budget = try #require(a.caller.budget)
    let reservation = try budget.reserve(900, at: Self.noon)
    await a.sharing.share(at: Self.noon)
    try b.use(1, at: Self.noon)
    await b.sharing.share(at: Self.noon)
    budget.settle(reservation, used: 10, at: Self.noon + 100)
    await a.sharing.share(at: Self.noon + 100)
    #expect(throws: CallerBudget.Excess.self) { try b.use(500, at: Self.noon + 200) }
    await b.sharing.share(at: Self.noon + 201)
    try b.use(500, at: Self.noon + 202)
  }

  @Test func aKeyWithoutABudgetAndOneThatRestsCostNoOperation() async throws {
    let store = store()
    let none = Bench(store, "a", tokens: nil)
    try none.use(5, at: Self.noon)
    await none.sharing.share(at: Self.noon)
    let idle = Bench(store, "b")
    await idle.sharing.share(at: Self.noon)
    #expect(try await store.scopes(timeout: .seconds(1)).isEmpty)
  }
}

/// A store whose answers to the third and fourth syncs are lost.
private final class LosingStore: FleetStore {
  private let inner: MemoryFleetStore
  /// Whether it does what it doesn't answer.
  private let isDone: Bool
  private let syncs = Mutex(0)

  init(inner: MemoryFleetStore, isDone: Bool) { (self.inner, self.isDone) = (inner, isDone) }

  func sync(_ request: SyncRequest, scope: FleetScope, timeout: Duration) async throws(FleetStoreError) -> SyncReply {
    let number = syncs.withLock { syncs in
      syncs += 1
      return syncs
    }
    guard 3...4 ~= number else { return try await inner.sync(request, scope: scope, timeout: timeout) }
    if isDone { _ = try await inner.sync(request, scope: scope, timeout: timeout) }
    throw FleetStoreError(.unavailable, "Lost.")
  }

  func status(of scope: FleetScope, timeout: Duration) async throws(FleetStoreError) -> FleetStatus? { nil }
  func scopes(timeout: Duration) async throws(FleetStoreError) -> [FleetScope] { [] }
  func forget(_ member: String, scope: FleetScope, timeout: Duration) async throws(FleetStoreError) -> Bool { false }
  func reset(_ scope: FleetScope, timeout: Duration) async throws(FleetStoreError) -> Bool { false }
}
