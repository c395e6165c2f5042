import FleetStore
import Testing

/// What every fleet store makes of names, numbers and requests that are not as they should be.
extension FleetStoreConformanceTests {
  private static let names = [
    "", "{}", "{a}", "}", "*", "?", "[a-z]", "a\0b", "a\0c", "a b", "a\r\nb", "ä", "名前", "%", "%2A", "~", "a/0", "\u{1F680}",
    String(repeating: "x", count: 10_000), String(repeating: "x", count: 9_999) + "y", String(repeating: "{", count: 10_000),
  ]

  @Test(arguments: StoreKind.found)
  func noNameMeetsAnother(kind: StoreKind) async throws {
    try await kind.run { store in
      let scope = FleetScope("names")
      for name in Self.names {
        let reply = try await store.sync(.sample(name), scope: scope, timeout: .ample)
        // A name that met another one would be a duplicate.
        #expect(reply.answer != nil, "\(name.prefix(20))")
      }
      for name in Self.names {
        let own = FleetScope(name)
        #expect(try await store.status(of: own, timeout: .ample) == nil, "\(name.prefix(20))")
        _ = try await store.sync(.sample("a"), scope: own, timeout: .ample)
      }
      let status = try #require(try await store.status(of: scope, timeout: .ample))
      #expect(status.members.count == Self.names.count && status.members.allSatisfy { 1...120 ~= $0.name.utf8.count })
    }
  }

  @Test(arguments: StoreKind.found)
  func otherMetersAreRefused(kind: StoreKind) async throws {
    try await kind.run { store in
      let scope = FleetScope("meters")
      _ = try await store.sync(.sample("a"), scope: scope, timeout: .ample)
      for limits in [[FleetLimit.tokens, .places], [FleetLimit.places]] {
        let error = await #expect(throws: FleetStoreError.self) {
          try await store.sync(.sample("b", 1, limits), scope: scope, timeout: .ample)
        }
        #expect(error?.code == .meters && error?.isLost == false)
      }
    }
  }

  @Test(arguments: StoreKind.found)
  func whatNoStoreCanTakeIsRefused(kind: StoreKind) async throws {
    let credit = SyncRequest.Credit(slot: 1, units: 1)
    let requests = [
      SyncRequest.sample("a", 1, []), .sample("a", 1, Array(repeating: .places, count: 9)),
      SyncRequest.sample("a").with { $0.bundles = [[]] },
      SyncRequest.sample("a").with { $0.bundles = Array(repeating: [.zero], count: 65) },
      SyncRequest.sample("a").with { $0.credits = Array(repeating: credit, count: 1_001) },
    ]
    try await kind.run { store in
      for request in requests {
        let error = await #expect(throws: FleetStoreError.self) {
          try await store.sync(request, scope: FleetScope("many"), timeout: .ample)
        }
        #expect(error?.code == .request)
      }
      let status = try await store.status(of: FleetScope("many"), timeout: .ample)
      #expect(status == nil)
    }
  }

  @Test(arguments: StoreKind.queueing)
  func absurdNumbersCountAsTheEndsOfTheirRanges(kind: StoreKind) async throws {
    try await kind.run { store in
      for (index, value) in [Int64.min, .max, -1].enumerated() {
        let scope = FleetScope("numbers/\(index)")
        let limits = [
          FleetLimit(.minute, rate: value, capacity: value, burst: value), FleetLimit(.day, rate: value, capacity: value),
          FleetLimit(.concurrency, rate: value, capacity: value),
        ]
        for sequence: Int64 in 1...4 {
          let request = SyncRequest.sample("a", sequence, limits).owing(value).asking(value, 1, value).with {
            $0.weight = value
            $0.horizon = value
            $0.version = value
            $0.fallback = value
            $0.share = value
            $0.hintEpoch = value
            $0.isStrict = true
            $0.credits = [SyncRequest.Credit(slot: value, units: value)]
          }
          let answer = try #require(try await store.sync(request, scope: scope, timeout: .ample).answer)
          #expect(answer.levels.allSatisfy { -1_000_000_000_000...100_000_000_000 ~= $0 } && -1...10_000 ~= answer.wait)
        }
      }
    }
  }

  @Test(arguments: StoreKind.queueing)
  func membersAtOnceGetNoMoreThanThereIs(kind: StoreKind) async throws {
    try await kind.run { store in
      let scope = FleetScope("crowd")
      let start = ContinuousClock.now
      let granted = try await withThrowingTaskGroup(of: Int64.self) { group in
        for member in 0..<40 {
          group.addTask {
            var (granted, owed): (Int64, Int64) = (0, 0)
            for sequence: Int64 in 1...10 {
              let request = SyncRequest.sample("\(member)", sequence).owing(owed).asking(5_000, 5_000).with {
                $0.horizon = 60_000
              }
              let count = Int64(try await store.sync(request, scope: scope, timeout: .ample).answer?.delays.count ?? 0)
              granted += count * 5_000
              owed = granted
            }
            return granted
          }
        }
        return try await group.reduce(0, +)
      }
      // 600,000 units come back in a minute.
      let elapsed = (ContinuousClock.now - start) / .milliseconds(1)
      #expect(granted <= 570_000 + Int64(elapsed * 10) + 10_000 && granted >= 500_000)
    }
  }
}
