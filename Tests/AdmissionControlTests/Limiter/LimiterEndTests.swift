import AdmissionControl
import Testing

/// Cancellation and draining: nothing stays reserved, and no task hangs.
@Suite(.timeLimit(.minutes(5)))
struct LimiterEndTests {
  private func limiter(_ limits: Limit...) -> Limiter { Limiter(.plain(limits)) }

  private func whenWaiting(_ count: Int, _ limiter: Limiter) async {
    while limiter.snapshot.waiting != count, !Task.isCancelled { await Task.yield() }
  }

  @Test func whoIsCancelledBeforehandAsksForNothing() async {
    let limiter = limiter(Limit(.concurrency, 1))
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      try await limiter.reserve(.exactly(1)).settle(.cancelled)
    }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(limiter.snapshot.counts.admitted == 0)
  }

  @Test func whoIsCancelledWhileItWaitsHoldsNothing() async throws {
    let limiter = limiter(Limit(.concurrency, 1))
    let held = try limiter.tryReserve(.exactly(1))
    let tasks = (0..<20).map { _ in Task { try await limiter.reserve(.exactly(1)).settle(.completed(.zero)) } }
    await whenWaiting(20, limiter)
    for task in tasks.dropLast() { task.cancel() }
    for task in tasks.dropLast() { await #expect(throws: CancellationError.self) { try await task.value } }
    try #require(limiter.snapshot.waiting == 1)
    #expect(limiter.snapshot.counts.cancelledWaiters == 19)
    _ = consume held
    try await tasks.last?.value
    #expect(limiter.snapshot.counts.completed == 1)
  }

  /// Cancellation before a request waits, while it waits, as it is admitted and afterwards. In the end none is in flight.
  @Test(arguments: 1...4)
  func cancellationAtAnyMomentGivesAllBack(seed: Int) async {
    let limiter = limiter(Limit(.concurrency, 3), Limit(.requestsPerMinute, 60_000_000))
    var random = Generator(seed: seed)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<1_000 {
        let (yields, holds) = (random.int(0...12), random.int(0...4))
        group.addTask {
          let task = Task {
            let reservation = try await limiter.reserve(.exactly(1))
            for _ in 0..<holds { await Task.yield() }
            reservation.settle(.completed(.zero))
          }
          for _ in 0..<yields { await Task.yield() }
          task.cancel()
          _ = await task.result
        }
      }
    }
    let snapshot = limiter.snapshot
    #expect(snapshot.waiting == 0 && snapshot.counts.inFlight == 0)
    #expect(snapshot.meters.map(\.inFlight) == [0, 0])
    let ends = snapshot.counts.completed + snapshot.counts.cancelled
    #expect(ends == snapshot.counts.admitted)
    // Cancelled requests cost nothing: all three places are free.
    #expect(snapshot.meters[0].available == 3)
  }

  @Test func drainReturnsAtOnceWhereNothingIsOut() async {
    let limiter = limiter(Limit(.concurrency, 1))
    await limiter.drain()
    #expect(limiter.snapshot.isDraining)
    await #expect(throws: Refusal.draining) { try await limiter.reserve(.exactly(1)).settle(.cancelled) }
    #expect(throws: Refusal.draining) { _ = try limiter.tryReserve(.exactly(1)) != nil }
  }

  @Test func drainReturnsWhenAllIsDone() async throws {
    let limiter = limiter(Limit(.concurrency, 2))
    let isDone = Shared(0)
    await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<20 {
        group.addTask {
          let reservation = try await limiter.reserve(.exactly(1))
          for _ in 0..<20 { await Task.yield() }
          isDone.change { $0 += 1 }
          reservation.settle(.completed(.zero))
        }
      }
      while limiter.snapshot.counts.admitted + UInt64(limiter.snapshot.waiting) < 20, !Task.isCancelled { await Task.yield() }
      for _ in 0..<3 {
        group.addTask {
          await limiter.drain()
          #expect(isDone.value == 20)
        }
      }
    }
    #expect(limiter.snapshot.counts.completed == 20)
  }

  enum LastWaiter: CaseIterable { case cancelled, expired, refused }

  /// The last waiter goes without having been admitted.
  @Test(arguments: LastWaiter.allCases)
  func drainReturnsWhenTheLastWaiterGoes(how: LastWaiter) async throws {
    let time = Shared<Int64>(0)
    let limiter = Limiter(.plain([Limit(.requestsPerMinute, 1)]), now: { time.value })
    try limiter.tryReserve(.exactly(1))?.settle(.completed(.zero))
    let waiting = Task { try await limiter.reserve(.exactly(1), deadline: .seconds(60)).settle(.cancelled) }
    await whenWaiting(1, limiter)
    let isDrained = Shared(false)
    Task {
      await limiter.drain()
      isDrained.change { $0 = true }
    }
    while !limiter.snapshot.isDraining, !Task.isCancelled { await Task.yield() }
    #expect(!isDrained.value)
    switch how {
    case .cancelled: waiting.cancel()
    case .refused: limiter.setLimit(.requestsPerMinute, 0)
    case .expired:
      time.change { $0 = minute }
      // Any event will do.
      limiter.setLimit(.concurrency, 1)
    }
    _ = await waiting.result
    #expect(limiter.snapshot.waiting == 0)
    // A drain that never returns can't be cancelled, so the wait for it is bounded.
    for _ in 0..<100_000 where !isDrained.value { await Task.yield() }
    #expect(isDrained.value)
  }
}
