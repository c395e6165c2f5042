import AdmissionControl
import Testing

/// The one timer: it is set for the earliest wake-up, replaced by an earlier one, and gone when nobody waits.
@Suite(.timeLimit(.minutes(5)))
struct LimiterTimerTests {
  private let clock = SteppedClock()

  private func limiter(_ limits: Limit...) -> Limiter {
    let clock = clock
    return Limiter(.plain(limits), now: { clock.now }, sleep: { try await clock.sleep($0) })
  }

  /// Lets the other tasks run until a condition holds.
  private func until(_ condition: () -> Bool) async { while !condition(), !Task.isCancelled { await Task.yield() } }

  private func waiting(
    _ limiter: Limiter, _ tokens: Int64 = 1, deadline: Duration? = nil, priority: Int = 0
  ) async -> Task<Void, any Error> {
    let before = limiter.snapshot.waiting
    let task = Task {
      try await limiter.reserve(.exactly(tokens), deadline: deadline, priority: priority).settle(.completed(.zero))
    }
    await until { limiter.snapshot.waiting == before + 1 }
    return task
  }

  /// Uses up what the pacer allows at once.
  private func emptied(_ limiter: Limiter) throws {
    try limiter.tryReserve(.exactly(1_000))?.settle(used: Amounts(tokens: 1_000))
  }

  /// A timer for a late wake-up must not keep an earlier one from being set.
  @Test func anEarlierWakeUpReplacesTheTimer() async throws {
    let limiter = limiter(Limit(.concurrency, 1))
    let held = try await limiter.reserve(.exactly(1))
    let late = await waiting(limiter, deadline: .seconds(50))
    await until { clock.timers == [50 * second] }
    let soon = await waiting(limiter, deadline: .seconds(5))
    await until { clock.timers == [5 * second] }
    #expect(clock.timers == [5 * second])
    clock.move(to: 5 * second)
    await #expect(throws: Refusal.expired) { try await soon.value }
    // The later one gets its timer back.
    await until { clock.timers == [50 * second] }
    clock.move(to: 50 * second)
    await #expect(throws: Refusal.expired) { try await late.value }
    await until { clock.timers.isEmpty }
    _ = consume held
  }

  /// A timer that is early enough stays, and finds the later wake-up when it fires.
  @Test func aLaterWakeUpKeepsTheTimer() async throws {
    let limiter = limiter(Limit(.concurrency, 1))
    let held = try await limiter.reserve(.exactly(1))
    let soon = await waiting(limiter, deadline: .seconds(5))
    await until { clock.timers == [5 * second] }
    let late = await waiting(limiter, deadline: .seconds(50))
    #expect(clock.timers == [5 * second])
    clock.move(to: 5 * second)
    await #expect(throws: Refusal.expired) { try await soon.value }
    await until { clock.timers == [50 * second] }
    late.cancel()
    _ = await late.result
    await until { clock.timers.isEmpty }
    #expect(clock.timers.isEmpty)
    _ = consume held
  }

  /// A timer that was cancelled must not count as one that is set.
  @Test func aTimerIsSetAgainAfterOneWasCancelled() async throws {
    let limiter = limiter(Limit(.concurrency, 1))
    let held = try await limiter.reserve(.exactly(1))
    let soon = await waiting(limiter, deadline: .seconds(5))
    await until { clock.timers == [5 * second] }
    soon.cancel()
    _ = await soon.result
    await until { clock.timers.isEmpty }
    let late = await waiting(limiter, deadline: .seconds(50))
    await until { clock.timers == [50 * second] }
    clock.move(to: 50 * second)
    await #expect(throws: Refusal.expired) { try await late.value }
    held.settle(.cancelled)
  }

  /// A refill that comes before a deadline wakes the waiter when it comes.
  @Test func aRefillWakesAtItsTime() async throws {
    let limiter = limiter(Limit(.tokensPerMinute, 60_000))
    try emptied(limiter)
    let task = await waiting(limiter, 500, deadline: .seconds(100))
    await until { clock.timers == [second / 2] }
    clock.move(to: second / 2)
    try await task.value
    #expect(limiter.snapshot.counts.completed == 2)
  }

  /// A higher limit makes the wait shorter, and the timer with it.
  @Test func aHigherLimitSetsAnEarlierTimer() async throws {
    let limiter = limiter(Limit(.tokensPerMinute, 60_000))
    try emptied(limiter)
    let task = await waiting(limiter, 900)
    await until { clock.timers == [900_000_000] }
    limiter.setLimit(.tokensPerMinute, 120_000)
    await until { clock.timers.first ?? .max < 900_000_000 || limiter.snapshot.waiting == 0 }
    clock.move(to: clock.timers.first ?? 0)
    try await task.value
  }

  /// The first of the queue goes away; the next one, which fits, must not wait for an event.
  @Test func theNextInLineIsWokenWhenTheFirstGivesUp() async throws {
    let limiter = limiter(Limit(.tokensPerMinute, 60_000))
    try limiter.tryReserve(.exactly(900))?.settle(used: Amounts(tokens: 900))
    let first = await waiting(limiter, 30_000)
    let next = await waiting(limiter, 50)
    first.cancel()
    _ = await first.result
    try await next.value
    #expect(limiter.snapshot.counts.completed == 2)
  }

  /// A settlement that gives back wakes the waiter it suffices for; so does a dropped reservation, a cancelled one and a 429.
  @Test(arguments: [Outcome.completed(.zero), .cancelled, .capacity, .throttled(.tokensPerDay), .failed(used: .zero)])
  func everyEndWakes(outcome: Outcome) async throws {
    let limiter = limiter(Limit(.concurrency, 1))
    let held = try await limiter.reserve(.exactly(1))
    let task = await waiting(limiter)
    held.settle(outcome)
    try await task.value
    #expect(limiter.snapshot.waiting == 0 && limiter.snapshot.counts.inFlight == 0)
  }

  @Test func aDroppedReservationWakes() async throws {
    let limiter = limiter(Limit(.concurrency, 1))
    let held = try await limiter.reserve(.exactly(1))
    let task = await waiting(limiter)
    _ = consume held
    try await task.value
  }

  @Test(arguments: [Int64.min, -1, 0, .max])
  func anyClockIsSound(start: Int64) async throws {
    let clock = SteppedClock(at: start)
    var configuration = LimiterConfiguration(limits: [Limit(.tokensPerMinute, 60_000)], profile: .auto)
    configuration.sharesAtStart = [.tokensPerMinute: 0.5]
    let limiter = Limiter(configuration, now: { clock.now }, sleep: { try await clock.sleep($0) })
    try limiter.tryReserve(.exactly(100))?.settle(.throttled(.tokens))
    for time in [start, 0, .max, .min, 5] {
      clock.move(to: time)
      try limiter.tryReserve(.exactly(1))?.settle(.throttled(.unknown))
      limiter.setLimit(.tokensPerMinute, 60_000)
      #expect(limiter.snapshot.meters[0].scale.isFinite)
    }
  }
}
