import Testing

@testable import Gateway

struct HeldBytesTests {
  @Test func aFloodLeavesRoomForOthers() throws {
    let held = HeldBytes(limit: 1_000)
    var taken = 0
    while (try? held.take(10, of: 1)) != nil { taken += 10 }
    #expect(taken == 500)
    // Another caller gets its part, and so does a third.
    for tenant: UInt32 in [2, 3] { try held.take(100, of: tenant) }
    #expect(throws: HeldBytes.Refusal.ownPart(held: 500, free: 300)) { try held.take(10, of: 1) }
    held.give(500, of: 1)
    try held.take(10, of: 1)
    #expect(held.held == 210)
  }

  @Test func saysWhoIsInTheWay() throws {
    let held = HeldBytes(limit: 100)
    #expect(throws: HeldBytes.Refusal.full(free: 100)) { try held.take(101, of: 1) }
    try held.take(51, of: 1)
    #expect(throws: HeldBytes.Refusal.ownPart(held: 51, free: 49)) { try held.take(1, of: 1) }
    #expect(throws: HeldBytes.Refusal.full(free: 49)) { try held.take(50, of: 2) }
    #expect(held.held == 51)
  }

  @Test func whatIsGivenBackIsFree() throws {
    let held = HeldBytes(limit: 100)
    for _ in 0..<1_000 {
      try held.take(50, of: 7)
      held.give(50, of: 7)
    }
    #expect(held.held == 0)
    held.give(1_000, of: 7)
    #expect(held.held == 0)
    #expect(throws: HeldBytes.Refusal.self) { try held.take(51 + 50, of: 7) }
  }
}
