import AdmissionControl
import Testing

/// A drain waits for retries that may still come, and ends when its task does.
@Suite(.timeLimit(.minutes(5)))
struct LimiterDrainTests {
  private let clock = SteppedClock()

  private func limiter() -> Limiter {
    let clock = clock
    return Limiter(.plain([Limit(.concurrency, 2)]), now: { clock.now }, sleep: { try await clock.sleep($0) })
  }

  private func until(_ condition: () -> Bool) async { while !condition(), !Task.isCancelled { await Task.yield() } }

  private func draining(_ limiter: Limiter) async -> (task: Task<Void, Never>, isDone: Shared<Bool>) {
    let isDone = Shared(false)
    let task = Task {
      await limiter.drain()
      isDone.change { $0 = true }
    }
    await until { limiter.snapshot.isDraining }
    return (task, isDone)
  }

  private func stays(_ isDone: Shared<Bool>) async -> Bool {
    for _ in 0..<2_000 where !isDone.value { await Task.yield() }
    return !isDone.value
  }

  private static let retried: [Outcome] = [.throttled(.tokens), .throttled(.requests), .throttled(.unknown), .capacity]

  @Test(arguments: retried)
  func waitsForARetry(outcome: Outcome) async throws {
    let limiter = limiter()
    let held = try await limiter.reserve(.exactly(1))
    let (task, isDone) = await draining(limiter)
    held.settle(outcome)
    try await retry(limiter, task, isDone)
  }

  @Test(arguments: retried)
  func waitsForARetryOfARequestThatEndedBefore(outcome: Outcome) async throws {
    let limiter = limiter()
    try limiter.tryReserve(.exactly(1))?.settle(outcome)
    let (task, isDone) = await draining(limiter)
    try await retry(limiter, task, isDone)
  }

  private func retry(_ limiter: Limiter, _ task: Task<Void, Never>, _ isDone: Shared<Bool>) async throws {
    let isWaiting = await stays(isDone)
    #expect(isWaiting)
    clock.move(to: 15 * second)
    let retry = try await limiter.reserve(.exactly(1), isRetry: true)
    let isWaitingAgain = await stays(isDone)
    #expect(isWaitingAgain)
    retry.settle(.completed(.zero))
    await task.value
  }

  /// A caller that gives up says nothing.
  @Test func waitsForARetryOnlySoLong() async throws {
    let limiter = limiter()
    try limiter.tryReserve(.exactly(1))?.settle(.throttled(.tokens))
    let (task, isDone) = await draining(limiter)
    await until { clock.timers == [20 * second] }
    #expect(!isDone.value)
    clock.move(to: 20 * second)
    await task.value
    await until { clock.timers.isEmpty }
    #expect(clock.timers.isEmpty)
  }

  /// A retry that is refused is no longer awaited.
  @Test func aRefusedRetryEndsTheDrain() async throws {
    let limiter = limiter()
    try limiter.tryReserve(.exactly(1))?.settle(.throttled(.tokens))
    let (task, isDone) = await draining(limiter)
    #expect(!isDone.value)
    await #expect(throws: Refusal.invalidCost) { try await limiter.reserve(.exactly(-1), isRetry: true).settle(.cancelled) }
    await task.value
  }

  /// Nothing is awaited of requests that are not retried.
  @Test(arguments: [Outcome.completed(.zero), .cancelled, .failed(used: .zero), .throttled(.tokensPerDay)])
  func othersAreNotAwaited(outcome: Outcome) async throws {
    let limiter = limiter()
    try limiter.tryReserve(.exactly(1))?.settle(outcome)
    await limiter.drain()
    #expect(limiter.snapshot.isDraining)
  }

  @Test(arguments: [true, false])
  func canBeCancelled(beforehand: Bool) async throws {
    let limiter = limiter()
    let held = try await limiter.reserve(.exactly(1))
    let task = Task {
      if beforehand { await until { Task.isCancelled } }
      await limiter.drain()
    }
    if !beforehand { await until { limiter.snapshot.isDraining } }
    task.cancel()
    await task.value
    // It goes on draining, and another call waits for the rest.
    #expect(limiter.snapshot.isDraining && limiter.snapshot.counts.inFlight == 1)
    let (again, isDone) = await draining(limiter)
    let isWaiting = await stays(isDone)
    #expect(isWaiting)
    held.settle(.completed(.zero))
    await again.value
  }
}
