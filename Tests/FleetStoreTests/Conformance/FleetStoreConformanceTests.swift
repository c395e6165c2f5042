import FleetStore
import Testing

/// What every fleet store promises to its members.
@Suite(.serialized)
struct FleetStoreConformanceTests {
  private let scope = FleetScope(account: "123456789012", region: "us-east-1", family: "claude-sonnet-4-5")
  private let timeout = Duration.ample

  private func answer(_ store: any FleetStore, _ request: SyncRequest) async throws -> SyncReply.Answer {
    try #require(try await store.sync(request, scope: scope, timeout: timeout).answer)
  }

  /// Refill of the tests' quota within 30 s, the longest that a test may take.

  @Test(arguments: StoreKind.found)
  func aNewScopeIsFullAndPaysBeforeTheStart(kind: StoreKind) async throws {
    try await kind.run { store in
      let first = try await answer(store, .sample("a").asking(1_000))
      #expect(first.delays == [100] && first.wait == -1 && first.levels == [569_000])
      #expect(first.members == 1 && first.waiting == 0 && first.version == 1 && first.limits.isEmpty && first.slot == 0)
      #expect(first.epoch == first.now && first.total == 100_000)
    }
  }

  @Test(arguments: StoreKind.found)
  func aDuplicateChangesNothing(kind: StoreKind) async throws {
    try await kind.run { store in
      let first = try await answer(store, .sample("a", 7).asking(1_000))
      for sequence: Int64 in [7, 6, 0] {
        let late = try await store.sync(.sample("a", sequence).owing(-50_000).asking(1_000), scope: scope, timeout: timeout)
        guard case .duplicate(let epoch, _) = late else {
          Issue.record("\(late)")
          return
        }
        #expect(epoch == first.epoch)
      }
      #expect(try await answer(store, .sample("a", 8).owing(1_000)).total == 100_000)
    }
  }

  @Test(arguments: StoreKind.found)
  func aLostReplyComesBack(kind: StoreKind) async throws {
    try await kind.run { store in
      _ = try await answer(store, .sample("a", 1).asking(100_000))
      // The member knows nothing of the grant.
      #expect(try await answer(store, .sample("a", 2).owing(0)).levels == [570_000])
    }
  }

  @Test(arguments: StoreKind.found)
  func aLostBookingIsTakenAgain(kind: StoreKind) async throws {
    try await kind.run { store in
      _ = try await answer(store, .sample("a", 1))
      #expect(try await answer(store, .sample("a", 2).owing(500_000)).levels == [70_000])
    }
  }

  @Test(arguments: StoreKind.found)
  func aMemberOutOfItsMindBlocksForThreeMinutesAtMost(kind: StoreKind) async throws {
    try await kind.run { store in
      _ = try await answer(store, .sample("a", 1))
      #expect(try await answer(store, .sample("a", 2).owing(.max)).levels == [-1_140_000])
      #expect(try await answer(store, .sample("a", 3).owing(.min)).levels == [570_000])
    }
  }

  @Test(arguments: StoreKind.queueing)
  func theNewestLimitsHoldForAll(kind: StoreKind) async throws {
    try await kind.run { store in
      _ = try await answer(store, .sample("a", 1))
      let half = FleetLimit(.minute, rate: 300_000, capacity: 285_000, burst: 5_000)
      let newer = try await answer(store, .sample("b", 1, [half]).with { $0.version = 2 })
      #expect(newer.levels == [285_000] && newer.version == 2 && newer.limits.isEmpty)
      let older = try await answer(store, .sample("a", 2))
      #expect(older.version == 2 && older.limits == [SyncReply.Limit(rate: 300_000, capacity: 285_000, burst: 5_000)])
    }
  }

  @Test(arguments: StoreKind.found)
  func aThrottleLeavesNothing(kind: StoreKind) async throws {
    try await kind.run { store in
      _ = try await answer(store, .sample("a", 1))
      let after = try await answer(
        store,
        .sample("b").with {
          $0.version = 2
          $0.isThrottled = true
        })
      #expect(after.levels == [-10_000])
    }
  }

  @Test(arguments: StoreKind.found)
  func aStoreThatLostEverythingBelievesItsMembers(kind: StoreKind) async throws {
    try await kind.run { store in
      let before = try await answer(store, .sample("a", 1).asking(300_000).with { $0.horizon = 1_000 })
      #expect(before.delays.count == 1)
      #expect(try await store.reset(scope, timeout: timeout))
      #expect(try await !store.reset(scope, timeout: timeout))
      let after = try await answer(
        store,
        .sample("a", 2).owing(300_000).with {
          $0.hintEpoch = before.epoch
          $0.meters[0].hintLevel = -20_000
        })
      #expect(after.epoch >= before.epoch)
      // Within the millisecond in which the scope was made, the epoch may be the same, and then there is nothing to believe.
      if after.epoch != before.epoch { #expect(after.levels == [-20_000]) }
    }
  }

  @Test(arguments: StoreKind.queueing)
  func whoWaitsIsToldWhenAndIsNotOvertaken(kind: StoreKind) async throws {
    try await kind.run { store in
      // A horizon of 0 books only what may start now.
      let large = try await answer(store, .sample("large").asking(300_000).with { $0.horizon = 0 })
      #expect(large.delays.isEmpty && 900...1_001 ~= large.wait && large.waiting == 1)
      let small = try await answer(store, .sample("small").asking(300_000).with { $0.horizon = 0 })
      // Who doesn't come back in time loses its place, also on a busy machine.
      guard small.now - large.now < 1_500 else { return }
      #expect(small.delays.isEmpty && small.wait > large.wait && small.waiting == 2 && small.members == 2)
      // Without bundles it leaves the queue.
      #expect(try await answer(store, .sample("large", 2)).waiting == 1)
    }
  }

  @Test(arguments: StoreKind.found)
  func whatWasSentWithoutTheStoreNeverMakesADebt(kind: StoreKind) async throws {
    try await kind.run { store in
      _ = try await answer(store, .sample("a", 1))
      #expect(try await answer(store, .sample("a", 2).with { $0.fallback = 2_000_000 }).levels == [0])
    }
  }

  @Test(arguments: StoreKind.queueing)
  func requestsInFlightAreCountedAndComeBackFromTheDead(kind: StoreKind) async throws {
    try await kind.run { store in
      let limits = [FleetLimit.tokens, .places]
      let first = try await answer(store, .sample("a", 1, limits).asking(100, 100, 100, 100, 100).with { $0.horizon = 1_000 })
      #expect(first.delays.count == 4 && first.wait == 250 && first.levels[1] == 0)
      #expect(try await store.forget("a", scope: scope, timeout: timeout))
      #expect(try await store.forget("a", scope: scope, timeout: timeout))
      #expect(try await store.forget("nobody", scope: scope, timeout: timeout) == false)
      let second = try await answer(store, .sample("b", 1, limits))
      #expect(second.levels[1] == 4 && second.members == 1 && second.waiting == 0)
    }
  }

  @Test(arguments: StoreKind.queueing)
  func strictReservationsStayWithinTheLimit(kind: StoreKind) async throws {
    try await kind.run { store in
      // The capacity and pacer would allow it; the window doesn't.
      let limit = FleetLimit(.minute, rate: 10_000, capacity: 100_000, burst: 10_000)
      let request = SyncRequest.sample("a", 1, [limit]).with {
        $0.isStrict = true
        $0.horizon = 60_000
        $0.bundles = Array(repeating: [FleetAmount(reserved: 3_000, predicted: 0)], count: 5)
      }
      let first = try await answer(store, request)
      #expect(first.delays.count == 3 && first.wait > 2_000 && first.slot == first.now / 100)
      let credited = request.with {
        $0.sequence = 2
        $0.meters[0].owed.reserved = 3_000
        $0.credits = [SyncRequest.Credit(slot: first.slot, units: 6_000)]
      }
      #expect(try await answer(store, credited).delays.count == 2)
    }
  }

  @Test(arguments: StoreKind.found)
  func membersLeave(kind: StoreKind) async throws {
    try await kind.run { store in
      _ = try await answer(store, .sample("a").asking(1_000))
      _ = try await answer(store, .sample("b").asking(500_000, 500_000))
      let reply = try await store.leave(.sample("b", 2), scope: scope, timeout: timeout)
      #expect(try #require(reply.answer).members == 1)
      let status = try #require(try await store.status(of: scope, timeout: timeout))
      #expect(status.members.map(\.name) == ["a"])
    }
  }

  @Test(arguments: StoreKind.queueing)
  func theStatusSaysWhatIsKnownAndChangesNothing(kind: StoreKind) async throws {
    try await kind.run { store in
      #expect(try await store.status(of: scope, timeout: timeout) == nil)
      _ = try await answer(store, .sample("b", 1).asking(1_000).with { $0.weight = 300 })
      let first = try await answer(store, .sample("a", 3).asking(1_000, 300_000))
      let status = try #require(try await store.status(of: scope, timeout: timeout))
      #expect(status.epoch == first.epoch && status.now >= first.now && status.version == 1 && status.members.count == 2)
      let a = try #require(status.members.first)
      #expect(a.name == "a" && a.sequence == 3 && a.weight == 100 && a.isWaiting)
      #expect(a.owed == [FleetAmount(reserved: 1_000, predicted: 1_000)])
      #expect(a.silence ?? -1 >= 0)
      #expect(status.members[1].weight == 300)
      #expect(status.meters.count == 1 && status.meters[0].limit == .tokens && status.meters[0].level <= 570_000)
    }
  }
}
