import Testing

@testable import FleetStore

struct DynamoItemTests {
  private static let day = FleetLimit(.day, rate: 86_400_000, capacity: 80_000_000)

  private static func created(_ limits: [FleetLimit] = [.tokens], at now: Int64 = 1_000) throws -> DynamoAttributes {
    let update = DynamoItem(.sample("a", 1, limits), at: now).creation(at: now)
    guard case .written(let attributes) = try update.apply(to: nil) else { throw FleetStoreError.lostItself }
    return attributes
  }

  @Test func aStoredItemIsReadAsItWas() throws {
    let limits = [FleetLimit.tokens, .places, Self.day]
    #expect(try DynamoItem(Self.created(limits)) == DynamoItem(.sample("a", 1, limits), at: 1_000))
  }

  @Test func levelsRiseByThemselves() throws {
    var item = DynamoItem(.sample("a", 1, [.tokens, .places, Self.day]), at: 1_000)
    #expect(item.levels(at: 1_000) == [570_000, 4, 80_000_000])
    for index in item.taken.indices { item.taken[index].level += 4 }
    item.taken[0].level += 100_000
    #expect(item.levels(at: 1_000) == [469_996, 0, 79_999_996])
    // 10 units of the minute come back in a millisecond, and one of the day.
    #expect(item.levels(at: 1_003) == [470_026, 0, 79_999_999])
    #expect(item.levels(at: 999) == [469_986, 0, 79_999_995])
    #expect(item.levels(at: FleetBounds.timeMax) == [570_000, 0, 80_000_000])
  }

  @Test func productsBeyond64BitsAreExact() {
    let limit = FleetLimit(.minute, rate: FleetBounds.unitsMax, capacity: FleetBounds.unitsMax, burst: 0)
    #expect(DynamoItem.refill(limit, since: 0, at: FleetBounds.timeMax) == 166_666_666_666_666_666_666)
    #expect(DynamoItem.refill(limit, since: 1, at: 0) == -1_666_667)
  }

  /// A store that took a damaged item for empty would hand out the quota again.
  @Test(arguments: ["t", "v", "q", "n", "c", "l0", "p0"], [DynamoAttribute?.none, .text("x"), .number(-1 << 100)])
  func damageIsAnError(name: String, value: DynamoAttribute?) throws {
    var attributes = try Self.created()
    attributes[name] = value
    let error = #expect(throws: FleetStoreError.self) { try DynamoItem(attributes) }
    #expect(error?.code == .corrupt)
  }

  @Test(arguments: [
    ("2 0 1 1 1", FleetStoreError.Code.protocolVersion), ("1", .corrupt), ("1 0 1 1", .corrupt), ("1 3 1 1 1", .corrupt),
  ])
  func otherLimitsAreRefused(text: String, code: FleetStoreError.Code) throws {
    var attributes = try Self.created()
    attributes["q"] = .text(text)
    let error = #expect(throws: FleetStoreError.self) { try DynamoItem(attributes) }
    #expect(error?.code == code)
  }

  @Test func theCensusCountsThisSpanAndTheLastOne() {
    let census = DynamoCensus(["w7": .number(3), "w8": .number(1), "a8": .number(5), "w5": .number(9), "wx": .number(9)])
    #expect(census.waiting(at: 8 * 30_000) == 3 && census.alive(at: 8 * 30_000) == 5 && census.waiting(at: 10 * 30_000) == 0)
    #expect(census.old(at: 8 * 30_000) == ["w5"])
  }

  @Test func aMemberCountsItselfForTheSpansThatItMissed() {
    var presence = DynamoPresence()
    #expect(presence.change(true, at: 0) == 1 && presence.change(false, at: 0) == 0)
    presence.wrote(true, at: 0)
    #expect(presence.change(true, at: 29_999) == 0 && presence.change(false, at: 29_999) == -1)
    #expect(presence.change(true, at: 90_000) == 3 && presence.change(false, at: 90_000) == 0)
    #expect(presence.change(true, at: 90_000_000) == DynamoCensus.missedMax)
  }
}
