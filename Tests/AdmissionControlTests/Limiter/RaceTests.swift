import AdmissionControl
import Testing

/// One request in the queues of several limiters.
@Suite(.timeLimit(.minutes(5)))
struct RaceTests {
  /// Admits one request at a time.
  private func stuck() -> Limiter { Limiter(LimiterConfiguration(limits: [Limit(.concurrency, 1)]), now: { 0 }) }

  private func hold(_ limiter: Limiter) throws -> Reservation {
    guard let held = try limiter.tryReserve(.exactly(1)) else { throw CancellationError() }
    return held
  }

  /// Uses what the limiter would admit now.
  private func exhaust(_ limiter: Limiter, _ tokens: Int64) throws {
    while let taken = try limiter.tryReserve(.exactly(tokens)) { taken.settle(used: Amounts(tokens: tokens)) }
  }

  private func request(_ tokens: Int64 = 1, tenant: UInt32 = 0) -> Request { Request(cost: .exactly(tokens), tenant: tenant) }

  /// - Returns: who won; nil if nobody did.
  private func winner(_ race: Race) async -> Int? {
    switch await race.wait() {
    case .won(let candidate, let reservation):
      reservation.settle(used: .zero)
      return candidate
    default: return nil
    }
  }

  @Test func theFirstThatHasRoomTakesIt() async throws {
    let limiters = [stuck(), stuck()]
    let first = try hold(limiters[0])
    let second = try hold(limiters[1])
    let race = Race()
    for (index, limiter) in limiters.enumerated() { _ = limiter.enter(race, as: index, request(), waitMax: nil) }
    #expect(race.candidates == [0, 1] && limiters.map(\.snapshot.waiting) == [1, 1])
    second.settle(used: .zero)
    #expect(await winner(race) == 1)
    race.close()
    first.settle(used: .zero)
    for limiter in limiters {
      let counts = limiter.snapshot.counts
      #expect(counts.inFlight == 0 && counts.cancelled == 0 && counts.cancelledWaiters == 0 && counts.refused == 0)
      #expect(limiter.snapshot.waiting == 0)
    }
    #expect(limiters.map(\.snapshot.counts.admitted) == [1, 2])
  }

  @Test func whoNeedNotWaitIsAdmittedAtOnce() async throws {
    let limiters = [stuck(), stuck()]
    let race = Race()
    guard case .over = limiters[0].enter(race, as: 0, request(), waitMax: .zero) else {
      Issue.record("It waits.")
      return
    }
    guard case .over = limiters[1].enter(race, as: 1, request(), waitMax: .zero) else {
      Issue.record("It waits.")
      return
    }
    #expect(await winner(race) == 0)
    #expect(limiters[1].snapshot.counts.admitted == 0)
  }

  /// A ticket that is too late goes back, and who stands behind it goes at once.
  @Test func whoComesTooLateHoldsNothing() async throws {
    let limiters = [stuck(), stuck()]
    let first = try hold(limiters[0])
    let second = try hold(limiters[1])
    let race = Race()
    for (index, limiter) in limiters.enumerated() { _ = limiter.enter(race, as: index, request(), waitMax: nil) }
    let behind = Race()
    _ = limiters[1].enter(behind, as: 1, request(), waitMax: nil)
    first.settle(used: .zero)
    second.settle(used: .zero)
    #expect(await winner(behind) == 1)
    let counts = limiters[1].snapshot.counts
    #expect(counts.admitted == 2 && counts.cancelled == 0 && counts.inFlight == 0)
    #expect(await winner(race) == 0)
  }

  @Test func oneRefusalEndsNothing() async throws {
    let (small, other) = (Limiter(.plain([Limit(.tokensPerMinute, 10)]), now: { 0 }), stuck())
    let held = try hold(other)
    let race = Race()
    guard case .refused(let refusal) = small.enter(race, as: 0, request(100), waitMax: nil) else {
      Issue.record("It fits.")
      return
    }
    #expect(refusal.code == .neverFits)
    _ = other.enter(race, as: 1, request(100), waitMax: nil)
    held.settle(used: .zero)
    #expect(await winner(race) == 1)
    race.close()
    #expect(small.snapshot.counts.refused == 0)
  }

  @Test func theShortestWaitIsToldIfAllRefuse() async throws {
    let limiters = [60, 600, 6].map { Limiter(.plain([Limit(.tokensPerMinute, $0)]), now: { 0 }) }
    let race = Race()
    for (index, limiter) in limiters.enumerated() {
      try exhaust(limiter, 6)
      _ = limiter.enter(race, as: index, request(6), waitMax: .seconds(0.1))
    }
    guard case .refused(let refusal?) = await race.wait() else {
      Issue.record("It waits.")
      return
    }
    race.close()
    let eta = try #require(refusal.eta)
    #expect(refusal.code == .deadline && eta < .seconds(5), "\(refusal)")
    #expect(limiters.map(\.snapshot.counts.refused) == [0, 1, 0])
  }

  @Test func aCancelledRequestLeavesAllQueues() async throws {
    let limiters = [stuck(), stuck()]
    let first = try hold(limiters[0])
    let second = try hold(limiters[1])
    let race = Race()
    for (index, limiter) in limiters.enumerated() { _ = limiter.enter(race, as: index, request(), waitMax: nil) }
    let task = Task {
      defer { race.close() }
      if case .cancelled = await race.wait() { return true }
      return false
    }
    task.cancel()
    #expect(await task.value)
    #expect(limiters.map(\.snapshot.waiting) == [0, 0])
    #expect(limiters.map(\.snapshot.counts.cancelledWaiters) == [1, 0])
    first.settle(used: .zero)
    second.settle(used: .zero)
    #expect(limiters.allSatisfy { $0.snapshot.counts.inFlight == 0 })
  }

  @Test func firstComeFirstServedOverAll() async throws {
    let limiters = [stuck(), stuck(), stuck()]
    var held = try limiters.map { limiter in Held(try hold(limiter)) }
    let races = (0..<30).map { _ in Race() }
    for race in races {
      for (index, limiter) in limiters.enumerated() { _ = limiter.enter(race, as: index, request(), waitMax: nil) }
    }
    for (turn, race) in races.enumerated() {
      held[turn * 7 % 3].release()
      guard case .won(let candidate, let reservation) = await race.wait() else {
        Issue.record("\(turn) waits.")
        return
      }
      #expect(candidate == turn * 7 % 3)
      race.close()
      held[candidate] = Held(reservation)
    }
    held.removeAll()
  }

  /// A reservation in an array.
  private final class Held {
    private var reservation: Reservation?
    init(_ reservation: consuming Reservation) { self.reservation = .some(reservation) }
    func release() { reservation.take()?.settle(used: .zero) }
  }

  @Test func somebodyCanWakeIt() async throws {
    let limiter = stuck()
    let held = try hold(limiter)
    let race = Race()
    _ = limiter.enter(race, as: 0, request(), waitMax: nil)
    let task = Task { if case .woken = await race.wait() { true } else { false } }
    race.wake()
    #expect(await task.value)
    race.withdraw { $0 == 0 }
    guard case .refused(nil) = await race.wait() else {
      Issue.record("It waits.")
      return
    }
    race.close()
    held.settle(used: .zero)
  }

  /// A queue that others serve too is shorter than it looks.
  @Test func theWaitCountsWhatOthersServe() throws {
    let limiters = [60_000, 120_000, 180_000].map { Limiter(.plain([Limit(.tokensPerMinute, $0)]), now: { 0 }) }
    for limiter in limiters { try exhaust(limiter, 1_000) }
    let races = (0..<60).map { _ in Race() }
    for race in races {
      for (index, limiter) in limiters.enumerated() {
        var request = request(1_000)
        request.share = QueueShare(Double(index + 1) / 6)
        _ = limiter.enter(race, as: index, request, waitMax: nil)
      }
    }
    // 60,000 tokens wait, and all refill 6,000 per second together. Each holds less than a second's of that.
    for limiter in limiters {
      let eta = try #require(limiter.eta(of: request(1)))
      #expect((8.9...10.1).contains(eta / .seconds(1)), "\(eta)")
    }
    for race in races { race.close() }
  }
}
