import AdmissionControl
import Testing

/// The limiter around the state machine. No test waits for a real clock; the time limit only ends what hangs.
@Suite(.timeLimit(.minutes(5)))
struct LimiterTests {
  /// Ten requests a second, on a clock that jumps to the end of every pause.
  private func quick() -> Limiter {
    let clock = JumpingClock()
    return Limiter(
      LimiterConfiguration(limits: [Limit(.requestsPerMinute, 600), Limit(.tokensPerMinute, 600_000)]), now: { clock.now },
      sleep: { clock.sleep($0) })
  }

  /// Admits one request at a time.
  private func stuck() -> Limiter { Limiter(LimiterConfiguration(limits: [Limit(.concurrency, 1)]), now: { 0 }) }

  /// Lets the other tasks run until this many requests wait.
  private func whenWaiting(_ count: Int, _ limiter: Limiter) async {
    while limiter.snapshot.waiting != count, !Task.isCancelled { await Task.yield() }
  }

  @Test func aThousandTasksAllGo() async throws {
    let limiter = quick()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<1_000 {
        group.addTask {
          let reservation = try await limiter.reserve(.exactly(900), priority: index % 3, tenant: UInt32(index % 7))
          await Task.yield()
          reservation.settle(used: Amounts(tokens: 800))
        }
      }
      try await group.waitForAll()
    }
    let counts = limiter.snapshot.counts
    #expect(counts.admitted == 1_000 && counts.completed == 1_000)
    #expect(counts.inFlight == 0 && limiter.snapshot.waiting == 0)
    #expect(limiter.snapshot.meters.allSatisfy { $0.inFlight == 0 })
  }

  @Test func noMoreAtOnceThanAllowed() async throws {
    let limiter = Limiter(LimiterConfiguration(limits: [Limit(.concurrency, 5)]))
    let running = Shared((now: 0, most: 0))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<500 {
        group.addTask {
          let reservation = try await limiter.reserve(.exactly(1))
          running.change { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
          await Task.yield()
          running.change { $0.now -= 1 }
          reservation.settle(.cancelled)
        }
      }
      try await group.waitForAll()
    }
    #expect(running.value.most == 5)
  }

  @Test func whoIsRefusedHearsWhy() async {
    let limiter = Limiter(LimiterConfiguration(limits: [Limit(.tokensPerMinute, 60_000)]))
    let refusal = Refusal.neverFits(.tokensPerMinute, needed: 60_001, limit: 60_000)
    #expect(throws: refusal) { _ = try limiter.tryReserve(.exactly(60_001))?.settle(.cancelled) }
    await #expect(throws: refusal) { try await limiter.reserve(.exactly(60_001)).settle(.cancelled) }
    await #expect(throws: Refusal.invalidCost) { try await limiter.reserve(.exactly(-1)).settle(.cancelled) }
  }

  @Test func tryReserveDoesNotWait() throws {
    let limiter = stuck()
    let held = try limiter.tryReserve(.exactly(1))
    let none = try limiter.tryReserve(.exactly(1)) == nil
    #expect(none)
    _ = consume held
    let one = try limiter.tryReserve(.exactly(1)) != nil
    #expect(one)
  }

  /// Requests go in the order in which they came.
  @Test func firstComeFirstServed() async throws {
    let limiter = stuck()
    let order = Shared<[Int]>([])
    try await withThrowingTaskGroup(of: Void.self) { group in
      let held = try limiter.tryReserve(.exactly(1))
      for index in 0..<50 {
        group.addTask {
          let reservation = try await limiter.reserve(.exactly(1))
          order.change { $0.append(index) }
          reservation.settle(.cancelled)
        }
        await whenWaiting(index + 1, limiter)
      }
      _ = consume held
      try await group.waitForAll()
    }
    #expect(order.value == Array(0..<50))
  }

  @Test func tenantsTakeTurns() async throws {
    let limiter = stuck()
    let order = Shared<[UInt32]>([])
    try await withThrowingTaskGroup(of: Void.self) { group in
      let held = try limiter.tryReserve(.exactly(1))
      for index in 0..<40 {
        // All requests of the first tenant come before those of the second.
        let tenant: UInt32 = index < 20 ? 1 : 2
        group.addTask {
          let reservation = try await limiter.reserve(.exactly(10), tenant: tenant)
          order.change { $0.append(tenant) }
          reservation.settle(used: Amounts(tokens: 10, inputTokens: 10, outputTokens: 10))
        }
        await whenWaiting(index + 1, limiter)
      }
      _ = consume held
      try await group.waitForAll()
    }
    let first = order.value.prefix(20)
    #expect(abs(first.count { $0 == 1 } - 10) <= 1)
  }

  @Test func aReservationThatIsDroppedCountsInFull() throws {
    let limiter = Limiter(.plain([Limit(.tokensPerMinute, 60_000)]), now: { 0 })
    do {
      let reservation = try limiter.tryReserve(.exactly(900))
      #expect(limiter.snapshot.counts.inFlight == 1)
      _ = consume reservation
    }
    #expect(limiter.snapshot.counts.inFlight == 0)
    #expect(limiter.snapshot.counts.failed == 1)
    #expect(limiter.snapshot.meters[0].available == 56_100)
  }

  @Test func aReservationThatGrewAndIsDroppedCountsAsItGrew() throws {
    let limiter = Limiter(.plain([Limit(.tokensPerMinute, 60_000)]), now: { 0 })
    if var reservation = try limiter.tryReserve(.exactly(900)) {
      reservation.update(used: Amounts(tokens: 1_400))
      reservation.update(used: Amounts(tokens: 1_000))
      #expect(limiter.snapshot.meters[0].available == 55_600)
    }
    #expect(limiter.snapshot.meters[0].available == 55_600)
  }

  @Test(arguments: [Duration.zero, .seconds(-1), .seconds(-10_000_000_000), .nanoseconds(-1)])
  func aDeadlineThatHasPassedIsRefusedAtOnce(deadline: Duration) async throws {
    let limiter = Limiter(.plain([Limit(.tokensPerMinute, 60_000)]), now: { 0 })
    try limiter.tryReserve(.exactly(1_000))?.settle(used: Amounts(tokens: 1_000))
    await #expect(throws: Refusal.deadline(eta: second)) {
      try await limiter.reserve(.exactly(1_000), deadline: deadline).settle(.cancelled)
    }
  }

  @Test func aDeadlineEndsAWaitThatOnlyOthersCouldEnd() async throws {
    let clock = JumpingClock()
    let limiter = Limiter(
      LimiterConfiguration(limits: [Limit(.concurrency, 1)]), now: { clock.now }, sleep: { clock.sleep($0) })
    let held = try limiter.tryReserve(.exactly(1))
    await #expect(throws: Refusal.expired) {
      try await limiter.reserve(.exactly(1), deadline: .milliseconds(5)).settle(.cancelled)
    }
    #expect(clock.now == 5_000_000)
    #expect(limiter.snapshot.waiting == 0 && limiter.snapshot.counts.inFlight == 1)
    _ = consume held
  }

  @Test func aFarDeadlineIsOne() async throws {
    let limiter = quick()
    for deadline in [Duration.seconds(Int64.max), .seconds(100_000_000_000)] {
      try await limiter.reserve(.exactly(1), deadline: deadline).settle(.cancelled)
    }
    #expect(limiter.snapshot.counts.cancelled == 2)
  }

  @Test func aHigherLimitWakesWaiters() async throws {
    let limiter = Limiter(.plain([Limit(.concurrency, 1), Limit(.requestsPerMinute, 60_000)]), now: { 0 })
    let held = try limiter.tryReserve(.exactly(1))
    async let waiting: Void = limiter.reserve(.exactly(1)).settle(.cancelled)
    await whenWaiting(1, limiter)
    limiter.setLimit(.concurrency, 2)
    try await waiting
    _ = consume held
    #expect(limiter.snapshot.counts.inFlight == 0)
  }

  @Test func aLowerLimitRefusesWaiters() async throws {
    let limiter = Limiter(.plain([Limit(.tokensPerMinute, 60_000)]), now: { 0 })
    try limiter.tryReserve(.exactly(1_000))?.settle(used: Amounts(tokens: 1_000))
    let waiting = Task { try await limiter.reserve(.exactly(9_000)).settle(.cancelled) }
    await whenWaiting(1, limiter)
    limiter.setLimit(.tokensPerMinute, 8_999)
    await #expect(throws: Refusal.neverFits(.tokensPerMinute, needed: 9_000, limit: 8_999)) { try await waiting.value }
  }

  /// No timer keeps a limiter alive.
  @Test func isFreedThoughATimerRuns() async throws {
    weak var freed: Limiter?
    do {
      let limiter = Limiter(.plain([Limit(.requestsPerMinute, 1)]))
      freed = limiter
      try limiter.tryReserve(.exactly(1))?.settle(.completed(.zero))
      let waiting = Task { try await limiter.reserve(.exactly(1)).settle(.cancelled) }
      await whenWaiting(1, limiter)
      waiting.cancel()
      await #expect(throws: CancellationError.self) { try await waiting.value }
    }
    for _ in 0..<100_000 where freed != nil { await Task.yield() }
    #expect(freed == nil)
  }
}
