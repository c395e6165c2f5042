import AWSWire
import AdmissionControl
import BedrockEmulator
import Synchronization
import Testing

@testable import Bedquota

/// Requests of the tier `reserved` have a pool of their own, and count on the quotas where they overflow.
struct ReservedTierTests {
  private static let capacity = ReservedCapacity(inputTokensPerMinute: 60_000, outputTokensPerMinute: 60_000)
  private let request = ModelRequest(prompt: "How are you?", maxTokens: 100)

  private static func options(_ capacity: ReservedCapacity? = capacity) -> QuotaAwareClient.Options {
    var options = QuotaAwareClient.Options()
    options.looksAtRecentUse = false
    options.serviceTier = "reserved"
    options.reservedCapacity = capacity
    return options
  }

  private static func sell(_ capacity: ReservedCapacity) -> @Sendable (inout Emulator.Behaviour) -> Void {
    { behaviour in
      behaviour.reservedCapacity[ClientBench.nova] = ReservedTokens(
        input: Int(capacity.inputTokensPerMinute), output: Int(capacity.outputTokensPerMinute))
    }
  }

  @Test(arguments: [capacity, nil])
  func whatTheCapacityServesCostsNoQuota(stated: ReservedCapacity?) async throws {
    try await ClientBench.with(options: Self.options(stated), change: Self.sell(Self.capacity)) { [request] client, emulator in
      for _ in 0..<3 { _ = try await client.send(request) }
      for try await _ in try await client.stream(request) {}
      let statistics = client.statistics
      #expect(statistics.reserved.served == 4 && statistics.reserved.overflowed == 0 && statistics.quotaTokens == 0)
      #expect(statistics.reserved.outputTokens == 160 && statistics.outputTokens == 160)
      #expect(client.limiter.snapshot.counts.admitted == 0 && client.reserved.limiter.snapshot.counts.inFlight == 0)
      #expect(client.reserved.limiter.snapshot.counts.completed == 4)
      #expect(try await ClientBench.meters(emulator).allSatisfy { $0["available"] == $0["quota"] })
    }
  }

  /// The capacity that the client believes in isn't there: all counts on the quotas, as it is known.
  @Test(arguments: [capacity, nil])
  func whatOverflowsCountsOnTheQuotas(stated: ReservedCapacity?) async throws {
    try await ClientBench.with(options: Self.options(stated)) { [request] client, _ in
      for _ in 0..<3 { _ = try await client.send(request) }
      let statistics = client.statistics
      #expect(statistics.reserved == .init(served: 0, overflowed: 3, inputTokens: 0, outputTokens: 0))
      #expect(statistics.quotaTokens == Int64(statistics.inputTokens + statistics.outputTokens))
      #expect(client.reserved.limiter.snapshot.counts.throttled >= 1 && client.limiter.snapshot.counts.inFlight == 0)
      #expect(statistics.throttled == 0)
    }
  }

  @Test func anOverflowIsDebited() async throws {
    try await ClientBench.with(options: Self.options()) { [request] client, _ in
      // A token comes back in a second.
      client.limiter.setLimit(.tokensPerMinute, 60)
      _ = try await client.send(request)
      #expect(client.limiter.snapshot.counts.admitted == 0)
      let left = try #require(Self.level(client.limiter, .tokensPerMinute))
      #expect(left < 57 - 40)
    }
  }

  /// Without a stated capacity, one overflow sends the next requests to the quotas first.
  @Test func anUnknownCapacityIsTrustedWhileItServes() async throws {
    try await ClientBench.with(options: Self.options(nil), change: Self.sell(Self.capacity)) { [request] client, emulator in
      for _ in 0..<4 { _ = try await client.send(request) }
      #expect(client.book.withLock { $0.reservedTrust.allowed } == 5)
      #expect(client.reserved.limiter.snapshot.meters.map(\.limit) == [5])
      let none: JSONValue = [
        "modelId": .string(ClientBench.nova), "inputTokensPerMinute": 0, "outputTokensPerMinute": 0,
      ]
      #expect(await ClientBench.control(emulator, "reserved", none) == 200)
      _ = try await client.send(request)
      #expect(client.statistics.reserved.overflowed == 1 && client.limiter.snapshot.counts.admitted == 0)
      _ = try await client.send(request)
      #expect(client.statistics.reserved.overflowed == 2 && client.limiter.snapshot.counts.admitted == 1)
      #expect(client.reserved.limiter.snapshot.meters.map(\.limit) == [1])
    }
  }

  /// A quota of nothing stops no request for which there is reserved capacity.
  @Test func aQuotaOfNothingIsNoObstacle() async throws {
    let small = ReservedCapacity(inputTokensPerMinute: 60_000, outputTokensPerMinute: 6_000)
    try await ClientBench.with(options: Self.options(small), change: Self.sell(small)) { [request] client, _ in
      client.limiter.setLimit(.tokensPerMinute, 0)
      try await withThrowingTaskGroup { group in
        for _ in 0..<5 { group.addTask { _ = try await client.send(request) } }
        try await group.waitForAll()
      }
      #expect(client.statistics.reserved.served == 5)
    }
  }

  /// The client believes that the capacity is used up; the service serves from it all the same, and so the quotas count nothing.
  @Test func aPlaceAmongTheQuotasIsGivenBack() async throws {
    let believed = ReservedCapacity(inputTokensPerMinute: 60_000, outputTokensPerMinute: 50)
    try await ClientBench.with(options: Self.options(believed), change: Self.sell(Self.capacity)) { [request] client, emulator in
      _ = try await client.send(request)
      #expect(client.limiter.snapshot.counts.cancelled == 1 && client.limiter.snapshot.counts.completed == 0)
      #expect(client.statistics.reserved.served == 1 && client.statistics.quotaTokens == 0)
      let left = try #require(Self.level(client.reserved.limiter, .outputTokensPerMinute))
      #expect(left < 50 - 35)
    }
  }

  @Test func otherTiersCountAsEver() async throws {
    var options = Self.options()
    options.serviceTier = "flex"
    try await ClientBench.with(options: options, change: Self.sell(Self.capacity)) { [request] client, _ in
      _ = try await client.send(request)
      #expect(client.limiter.snapshot.counts.completed == 1 && client.reserved.limiter.snapshot.counts.admitted == 0)
      #expect(client.statistics.reserved == .init())
    }
  }

  private static func level(_ limiter: Limiter, _ measure: Measure) -> Int64? {
    limiter.snapshot.meters.first { $0.measure == measure }?.available
  }
}
