import Testing

@testable import FleetStore

/// The store's arithmetic at times that real servers can't have.
struct FleetTwinTests {
  private let start: Int64 = 1_763_000_000_000

  private func answer(_ twin: inout FleetTwin, _ request: SyncRequest, at now: Int64) throws -> SyncReply.Answer {
    try #require(try twin.sync(request, at: now).answer)
  }

  @Test func theLargeRequestAtTheFrontIsServedFirst() throws {
    var twin = FleetTwin()
    _ = try answer(&twin, .sample("drain").asking(570_000).with { $0.horizon = 60_000 }, at: start)
    var now = start + 60_000
    let large = SyncRequest.sample("large").asking(570_000).with { $0.horizon = 60_000 }
    var wait = try answer(&twin, large, at: now - 30_000).wait
    #expect(wait > 0)
    // A hundred small members ask all the time.
    var served = false
    var smallGrants = 0
    for step: Int64 in 0..<2_000 where !served {
      now += 20
      for small in 0..<5 {
        let request = SyncRequest.sample("small\(small)", step + 1).owing(0).asking(1_000).with { $0.horizon = 60_000 }
        smallGrants += try answer(&twin, request, at: now).delays.count
      }
      let reply = try answer(&twin, large.with { $0.sequence = step + 2 }, at: now)
      served = !reply.delays.isEmpty
      wait = reply.wait
    }
    #expect(served && wait == -1 && smallGrants < 6)
  }

  @Test func sharesFollowWeights() throws {
    var twin = FleetTwin()
    var owed = ["light": Int64(0), "heavy": 0]
    var next = ["light": start, "heavy": start]
    var sequence: Int64 = 0
    for now in stride(from: start, to: start + 600_000, by: 10) {
      for (name, weight) in [("light", Int64(100)), ("heavy", 400)] where next[name]! <= now {
        sequence += 1
        let request = SyncRequest.sample(name, sequence).owing(owed[name]!).asking(2_000, 2_000, 2_000, 2_000).with {
          $0.weight = weight
        }
        let reply = try answer(&twin, request, at: now)
        owed[name]! += Int64(reply.delays.count) * 2_000
        next[name] = now + max(reply.wait, 0)
      }
    }
    let ratio = Double(owed["heavy"]!) / Double(owed["light"]!)
    #expect(3.7...4.3 ~= ratio)
    #expect(owed["heavy"]! + owed["light"]! > 5_900_000)
  }

  @Test func whoDoesNotComeStepsAsideAndKeepsItsPlace() throws {
    var twin = FleetTwin()
    _ = try answer(&twin, .sample("gone").asking(10_000).with { $0.horizon = 0 }, at: start)
    #expect(try answer(&twin, .sample("here").asking(10_000).with { $0.horizon = 0 }, at: start + 100).delays.isEmpty)
    #expect(twin.queue.count == 2)
    _ = try answer(&twin, .sample("third"), at: start + 2_100)
    #expect(twin.queue.tickets.map(\.name) == ["here"])
    #expect(twin.members["gone"] != nil)
  }

  /// A ticket whose member died would stand in front for as long as the clock stepped back.
  @Test func aStepBackLeavesNoTicketInFront() throws {
    var twin = FleetTwin()
    _ = try answer(&twin, .sample("dead").asking(10_000).with { $0.horizon = 0 }, at: start)
    let reply = try answer(&twin, .sample("alive").asking(10_000).with { $0.horizon = 1_000 }, at: start - 3_600_000)
    #expect(!reply.delays.isEmpty && reply.waiting == 0)
  }

  @Test func aStepBackDoesNotStallTheStrictWindow() throws {
    var twin = FleetTwin()
    let request = SyncRequest.sample("a").asking(500_000).with {
      $0.isStrict = true
      $0.horizon = 60_000
      $0.bundles[0][0].predicted = 0
    }
    #expect(try answer(&twin, request, at: start).delays.count == 1)
    let owing = request.owing(500_000)
    #expect(try answer(&twin, owing.with { $0.sequence = 2 }, at: start - 3_600_000).wait > 0)
    #expect(try answer(&twin, owing.with { $0.sequence = 3 }, at: start - 3_600_000 + 59_000).wait > 0)
    #expect(try answer(&twin, owing.with { $0.sequence = 4 }, at: start - 3_600_000 + 60_300).delays.count == 1)
  }

  @Test func silentMembersSharesAreKeptForThem() throws {
    var twin = FleetTwin()
    func asking(_ name: String, _ sequence: Int64) -> SyncRequest {
      .sample(name, sequence).asking(400_000).with {
        $0.isStrict = true
        $0.horizon = 60_000
        $0.share = 500_000
        $0.bundles[0][0].predicted = 0
      }
    }
    _ = try answer(&twin, asking("silent", 1).with { $0.bundles = [] }, at: start)
    #expect(try answer(&twin, asking("a", 1), at: start + 10_001).wait > 0)
    #expect(try answer(&twin, asking("a", 2), at: start + 60_001).delays.count == 1)
  }

  @Test func membersThatAreGoneGiveBackTheirRequestsInFlight() throws {
    var twin = FleetTwin()
    _ = try answer(&twin, .sample("a", 1, [.tokens, .places]).asking(100, 100, 100).with { $0.horizon = 1_000 }, at: start)
    #expect(try answer(&twin, .sample("b", 1, [.tokens, .places]), at: start + 600_000).levels[1] == 1)
    let later = try answer(&twin, .sample("b", 2, [.tokens, .places]), at: start + 600_001)
    #expect(later.levels[1] == 4 && twin.members.keys.sorted() == ["b"])
  }

  @Test func whoseTimesWereLostIsStillForgotten() throws {
    var twin = FleetTwin()
    _ = try answer(&twin, .sample("dead", 1, [.tokens, .places]).asking(100).with { $0.horizon = 1_000 }, at: start)
    twin.lose(.seen)
    _ = try answer(&twin, .sample("a", 1, [.tokens, .places]), at: start + 1_000)
    #expect(try answer(&twin, .sample("a", 2, [.tokens, .places]), at: start + 601_001).levels[1] == 4)
    #expect(twin.members.count == 1)
  }

  @Test(arguments: FleetTwin.Key.allCases)
  func anyKeyMayBeLost(key: FleetTwin.Key) throws {
    var twin = FleetTwin()
    let request = SyncRequest.sample("a").asking(1_000, 300_000).with { $0.isStrict = true }
    _ = try answer(&twin, request, at: start)
    twin.lose(key)
    let reply = try answer(&twin, request.owing(1_000).with { $0.sequence = 2 }, at: start + 5_000)
    #expect(reply.levels[0] <= 570_000 && reply.members == 1)
    #expect((reply.epoch == start) == (key != .state))
  }

  @Test func aStoredFormIsReadAsItWas() throws {
    var twin = FleetTwin()
    _ = try answer(&twin, .sample("a", 1, [.tokens, .places]).asking(100, 400_000).with { $0.share = 7 }, at: start)
    let state = try #require(twin.state)
    #expect(try FleetState(text: state.text) == state)
    let record = try #require(twin.members["a"])
    #expect(try FleetRecord(text: record.text, name: "a", meters: 2) == record)
  }
}
