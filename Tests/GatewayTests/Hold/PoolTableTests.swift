import BedrockQuotas
import Testing

@testable import Gateway

struct PoolTableTests {
  private typealias Table = PoolTable<Int>

  private func name(_ id: String) -> PoolName { PoolName(region: "us-east-1", endpoint: .runtime, id: id) }

  private func key(_ id: String) -> PoolKey {
    PoolKey(Resolution(id: id, scope: .onDemand, status: .unknown), region: "us-east-1")
  }

  private func add(_ id: Int, _ table: inout Table, isKnown: Bool = true, busy: Set<Int> = []) -> Bool {
    table.insert(id, for: name("\(id)"), key("\(id)"), isKnown: isKnown) { !busy.contains($0) }
  }

  private func has(_ id: Int, _ table: inout Table) -> Bool { table.value(of: name("\(id)")) == id }

  @Test func theOneThatWasUsedTheLongestAgoGoes() {
    var table = Table(poolsMax: 4)
    for id in 0..<4 { #expect(add(id, &table) == true) }
    _ = table.value(of: name("0"))
    #expect(add(4, &table) == true)
    #expect((0..<5).filter { has($0, &table) } == [0, 2, 3, 4])
    // One with requests stays.
    #expect(add(5, &table, busy: [0, 2]) == true)
    #expect((0..<6).filter { has($0, &table) } == [0, 2, 4, 5])
    #expect(add(6, &table, busy: [0, 2, 4, 5]) == false)
    #expect(table.pools.count == 4)
  }

  @Test func madeUpIDsDisplaceNoModel() {
    var table = Table(poolsMax: 40)
    for id in 0..<35 { #expect(add(id, &table) == true) }
    for id in 100..<1_000 { #expect(add(id, &table, isKnown: false) == true) }
    #expect((0..<35).allSatisfy { has($0, &table) })
    #expect(table.pools.count == 40)
    // A model takes the place of an unknown id, and never the other way round.
    for id in 35..<40 { #expect(add(id, &table) == true) }
    #expect((0..<40).allSatisfy { has($0, &table) })
    #expect(add(2_000, &table, isKnown: false) == false)
  }

  @Test func namesOfOnePoolAreBounded() {
    var table = Table(poolsMax: 4)
    #expect(add(0, &table) == true)
    for number in 0..<1_000 { #expect(table.join(name("alias-\(number)"), key("0")) == 0) }
    #expect(table.names == 64)
    #expect(table.value(of: name("alias-999")) == 0)
    #expect(table.join(name("alias-999"), key("0")) == 0)
    #expect(table.names == 64)
    table.remove(key("0"))
    #expect(table.names == 0 && table.pools.isEmpty)
    #expect(table.value(of: name("alias-999")) == nil)
  }

  @Test func lookupsOfMadeUpProfilesAreBounded() {
    var budget = LookupBudget()
    #expect((0..<100).count { _ in budget.take(at: .seconds(5)) } == 20)
    #expect(budget.take(at: .seconds(64)) == false)
    #expect(budget.take(at: .seconds(65)) == true)
  }
}
