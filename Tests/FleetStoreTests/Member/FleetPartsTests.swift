import AdmissionControl
import Testing

@testable import FleetStore

/// The parts of a member.
struct FleetPartsTests {
  private static let meters = [FleetMemberConfiguration.Meter(.tokensPerMinute, limit: 600_000)]
  private static let limits = meters.map(\.limit)

  private func requests(_ count: Int, _ tokens: Int64, predicted: Int64) -> [UncoveredRequest] {
    Array(
      repeating: UncoveredRequest(reserved: Amounts(tokens: tokens), predicted: Amounts(tokens: predicted)), count: count
    )
  }

  /// 20 ms of the quota are 200 tokens, and a sixteenth of the capacity is 35,625.
  @Test(
    arguments: [
      (3, 100, 100, [200, 100]), (100, 300, 200, Array(repeating: 300, count: 16)),
      (4, 20_000, 10, [20_000, 20_000, 20_000, 20_000]),
      (2, 400_000, 1, [400_000, 400_000]), (0, 1, 1, []),
    ] as [(Int, Int64, Int64, [Int64])])
  func bundlesAreSmallAndFew(count: Int, tokens: Int64, predicted: Int64, expected: [Int64]) {
    let bundles = FleetBundles(requests(count, tokens, predicted: predicted), Self.meters, limits: Self.limits).bundles
    #expect(bundles.map { $0[0].reserved } == expected)
  }

  @Test func countsOfRequestsAndOfDays() {
    let meters = [FleetMemberConfiguration.Meter(.requestsPerMinute, limit: 60), .init(.tokensPerDay, limit: 1_000_000)]
    let amounts = FleetBundles.amounts(requests(1, 900, predicted: 300)[0], meters)
    #expect(amounts == [FleetAmount(reserved: 1, predicted: 1), FleetAmount(reserved: 900, predicted: 0)])
  }

  /// Without the store, a place comes back when a request ends, and never by itself.
  @Test func placesDoNotComeBackWithTime() {
    let meters = [FleetMemberConfiguration.Meter(.concurrency, limit: 20)]
    #expect(meters[0].limit == FleetLimit(.concurrency, rate: 20, capacity: 20))
    let place = FleetBundles.amounts(requests(1, 900, predicted: 300)[0], meters)
    #expect(place == [FleetAmount(reserved: 1, predicted: 0)])
    var ledger = FleetLedger(meters.map(\.limit), fraction: 0.1, levels: [20], members: 1, late: [0], at: 0)
    for _ in 0..<2 {
      let wait = ledger.wait(for: place, at: 0)
      #expect(wait == 0)
      ledger.take(place)
    }
    let wait = ledger.wait(for: place, at: 3_600 * second)
    #expect(wait == nil)
    ledger.credit(place, at: 3_600 * second)
    let after = ledger.wait(for: place, at: 3_600 * second)
    #expect(after == 0)
  }

  /// A place has no parts. Where there is one for each member, a small share is one of them.
  @Test(arguments: [(levels: 20, members: 10, places: 1), (20, 20, 1), (4, 10, 0), (0, 1, 0)] as [(Int64, Int64, Int)])
  func aSmallShareIsAPlaceIfThereIsOneForEach(levels: Int64, members: Int64, places: Int) {
    let meters = [FleetMemberConfiguration.Meter(.concurrency, limit: 20)]
    var ledger = FleetLedger(meters.map(\.limit), fraction: 0.02, levels: [levels], members: members, late: [0], at: 0)
    let place = FleetAmount(reserved: 1, predicted: 0)
    for _ in 0..<places {
      let wait = ledger.wait(for: [place], at: 0)
      #expect(wait == 0)
      ledger.take([place])
    }
    let wait = ledger.wait(for: [place], at: 0)
    #expect(wait == nil)
  }

  @Test func nothingIsLostInTheBooks() {
    let limits = [
      FleetLimit.tokens, FleetLimit(.minute, rate: 600, capacity: 570, burst: 10), FleetLimit(.day, rate: 9, capacity: 9),
    ]
    var books = FleetBooks(meters: 3)
    func amounts(_ units: Int64...) -> [FleetAmount] { units.map { FleetAmount(reserved: $0, predicted: $0) } }
    _ = books.look(amounts(100, 10, 100))
    books.beginFallback()
    _ = books.look(amounts(5_100, 910, 5_100))
    #expect(books.owed == amounts(100, 10, 100) && books.fallback == 5_000)
    books.endFallback(limits, fraction: 0.25)
    // Of the requests of a long time, a minute's worth is told: 0.25 · 600. The day has to know all.
    #expect(books.owed.map(\.reserved) == [100, 160, 5_100] && books.owed.map(\.predicted) == [100, 10, 100])
    _ = books.look(amounts(4_000, 900, 4_000))
    #expect(books.owed.map(\.reserved) == [-1_000, 150, 4_000] && books.fallback == 5_000)
  }

  @Test func timeoutsFollowTheStore() {
    var trips = FleetRoundTrips()
    #expect(trips.timeout == second && trips.horizon(atLeast: 250) == 250)
    for _ in 0..<40 { trips.answered(after: 100 * millisecond) }
    #expect(trips.timeout == 600 * millisecond && trips.horizon(atLeast: 250) == 400)
    trips.wasLost()
    #expect(trips.timeout == 1_200 * millisecond)
    trips.wasLost()
    #expect(trips.timeout == 2 * second)
    trips.answered(after: 5 * second)
    #expect(trips.timeout == 600 * millisecond)
  }

  @Test func creditsGoWhereTheRequestsWere() {
    var slots = FleetSlots()
    slots.booked(500, startsAt: 0, sentAt: 1_000)
    slots.booked(700, startsAt: second, sentAt: 2_000)
    _ = slots.credits(0, inFlight: [(0, 500), (second, 700)])
    slots.answered(at: 2 * second)
    // The younger one has ended, and cost 100.
    let credits = slots.credits(600, inFlight: [(10 * millisecond, 500)])
    #expect(credits == [SyncRequest.Credit(slot: 20, units: 600)])
    #expect(slots.held(at: 2 * second) == 1_200)
    slots.answered(at: 2 * second)
    #expect(slots.held(at: 2 * second) == 600)
    // What can't be attributed is no credit to any slot that counts.
    #expect(slots.credits(50, inFlight: [(0, 500)]) == [SyncRequest.Credit(slot: 0, units: 50)])
    #expect(slots.credits(50, inFlight: nil) == [SyncRequest.Credit(slot: 0, units: 50)])
  }

  @Test func sharesAreThoseOfTheLastMinute() {
    var share = FleetShare()
    #expect(share.fraction(.share, isStrict: false, flows: 1) == 0)
    #expect(share.fraction(.fixed(members: 4), isStrict: false, flows: 1) == 0.25)
    for index in 0..<100 {
      share.answered(total: Int64(index) * 1_000, members: 10, at: Int64(index) * second)
      share.granted(index < 30 ? 1_000 : 500)
    }
    #expect(abs(share.part - 0.5) < 0.02)
    // A process with three tickets has three of the equal parts.
    let (one, three) = (share.fraction(.share, isStrict: false, flows: 1), share.fraction(.share, isStrict: false, flows: 3))
    #expect(abs(three - one - 0.92 * 0.1 * 0.2) < 1e-9)
    share.answered(total: 0, members: 10, at: 101 * second)
    #expect(abs(share.part - 0.5) < 0.02)
  }
}
