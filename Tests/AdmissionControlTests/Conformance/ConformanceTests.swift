import AdmissionControl
import Testing

/// What every limiter promises. Seeds are arguments, so that a failure names its seed.
struct ConformanceTests {
  private let limit: Int64 = 60_000

  @Test(arguments: LimiterKind.allCases, 1...4)
  func theAnnouncedWaitIsExact(kind: LimiterKind, seed: Int) throws {
    var random = Generator(seed: seed)
    var limiter = kind.limiter(limit)
    var now: Int64 = 0
    var waits = 0
    for _ in 0..<400 {
      now += random.int(0...second / 5)
      let units = random.chance(0.05) ? kind.largest(limit) : random.int(1...kind.largest(limit) / 5)
      guard case .wait(let wait) = limiter.ask(units, at: now) else { continue }
      waits += 1
      now += wait
      guard case .wait(1) = limiter.ask(units, at: now - 1) else {
        Issue.record("a nanosecond too early, and not a nanosecond to wait")
        return
      }
      guard case .admitted = limiter.ask(units, at: now) else {
        Issue.record("the wait was over, and not let in")
        return
      }
    }
    #expect(waits > 20)
  }

  @Test(arguments: LimiterKind.allCases)
  func burstsFromIdleAndAgainAfterAnHour(kind: LimiterKind) {
    var limiter = kind.limiter(limit)
    for start in [0, 3_600 * second, 7_200 * second] {
      var taken: Int64 = 0
      while case .admitted = limiter.ask(10, at: start) { taken += 10 }
      #expect(taken == kind.burst(limit))
    }
  }

  /// Over every span of time: at most the burst and the refill since; for a window: at most the limit in every minute.
  @Test(arguments: LimiterKind.allCases, 1...4)
  func neverMoreThanCapacityAndRefill(kind: LimiterKind, seed: Int) {
    var random = Generator(seed: seed)
    var limiter = kind.limiter(limit)
    var log: [(at: Int64, units: Int64)] = []
    var now: Int64 = 0
    while now < 10 * minute {
      now += random.chance(0.02) ? random.int(0...2 * minute) : random.int(0...second / 10)
      let units = random.int(1...kind.burst(limit) / (random.chance(0.05) ? 1 : 40))
      if case .admitted = limiter.ask(units, at: now) { log.append((now, units)) }
    }
    #expect(log.count > 200)
    for first in log.indices {
      var sum: Int64 = 0
      for last in first..<log.count {
        sum += log[last].units
        let span = log[last].at - log[first].at
        let isOver = kind.isWindow ? span <= minute && sum > limit : (sum - kind.burst(limit)) * minute > limit * span
        guard !isOver else {
          Issue.record("\(sum) units within \(span) ns from \(log[first].at)")
          return
        }
        if span > 2 * minute { break }
      }
    }
  }

  @Test(arguments: LimiterKind.allCases)
  func neverIsNotAWait(kind: LimiterKind) {
    var limiter = kind.limiter(limit)
    let largest = kind.largest(limit)
    guard case .never = limiter.ask(largest + 1, at: 0) else {
      Issue.record("more than it ever holds")
      return
    }
    while case .admitted = limiter.ask(1, at: 0) {}
    guard case .wait = limiter.ask(largest, at: 0), case .never = limiter.ask(largest + 1, at: 0) else {
      Issue.record("as much as it can hold is a wait, one more is not")
      return
    }
    var closed = kind.limiter(0)
    guard case .never = closed.ask(1, at: 0), case .never = closed.ask(1, at: 3_600 * second) else {
      Issue.record("a limit of 0 let a request in, or hope")
      return
    }
  }

  /// The next request waits for what the last cost beyond its reservation, and gains from what it didn't need.
  @Test(arguments: LimiterKind.allCases)
  func debtIsKeptAndCreditCounts(kind: LimiterKind) {
    let burst = kind.burst(limit)
    func waitAfter(final: Int64) -> Int64? {
      var limiter = kind.limiter(limit)
      guard case .admitted(let ticket) = limiter.ask(burst, at: 0) else { return nil }
      limiter.end(ticket, final: final, at: 0)
      if case .wait(let wait) = limiter.ask(burst, at: 0) { return wait }
      if case .admitted = limiter.ask(1, at: 0) { return -1 }
      return 0
    }
    let units = burst / 2
    if kind.isWindow {
      // A window keeps no debt beyond a minute, but a request that grew leaves no room for the next.
      var limiter = kind.limiter(limit)
      guard case .admitted(let ticket) = limiter.ask(units, at: 0) else { return }
      limiter.end(ticket, final: burst, at: 0)
      guard case .wait = limiter.ask(1, at: 0) else {
        Issue.record("debt forgotten")
        return
      }
    } else {
      #expect(waitAfter(final: burst + units) == (burst + units) * minute / limit)
      #expect(waitAfter(final: burst - units) == (burst - units) * minute / limit)
    }
    #expect(waitAfter(final: 0) == 0)
  }

  @Test(arguments: LimiterKind.allCases)
  func refundsDoNotRiseAboveTheBrim(kind: LimiterKind) {
    var limiter = kind.limiter(limit)
    var tickets: [Ticket] = []
    while case .admitted(let ticket) = limiter.ask(10, at: 0) { tickets.append(ticket) }
    // Refilled by now; what is given back on top is lost.
    let later = 2 * minute
    for ticket in tickets { limiter.end(ticket, final: 0, at: later) }
    var taken: Int64 = 0
    while case .admitted = limiter.ask(10, at: later) { taken += 10 }
    #expect(taken == kind.burst(limit))
  }

  /// A clock that goes back counts as one that stands still.
  @Test(arguments: LimiterKind.allCases, 1...4)
  func timeGoingBackChangesNothing(kind: LimiterKind, seed: Int) {
    var random = Generator(seed: seed)
    var (steady, jumpy) = (kind.limiter(limit, at: 100 * second), kind.limiter(limit, at: 100 * second))
    var tickets: [(Ticket, Ticket)] = []
    var (now, refusals) = (100 * second, 0)
    for step in 0..<2_000 {
      now += random.int(0...second / 20)
      let isBack = random.chance(0.3)
      let seen = isBack ? now - random.int(0...90 * second) : now
      if random.chance(0.3), let (a, b) = tickets.popLast() {
        let final = random.int(0...a.units * 2)
        steady.end(a, final: final, at: now)
        // The first event at this time has the right time; only the next one goes back.
        _ = jumpy.ask(kind.largest(limit) + 1, at: now)
        jumpy.end(b, final: final, at: seen)
      } else {
        let units = random.int(1...kind.burst(limit) / 3)
        _ = jumpy.ask(kind.largest(limit) + 1, at: now)
        switch (steady.ask(units, at: now), jumpy.ask(units, at: seen)) {
        case (.admitted(let a), .admitted(let b)): tickets.append((a, b))
        case (.wait(let a), .wait(let b)) where a == b || !isBack || kind.isWindow: refusals += 1
        case (let a, let b):
          Issue.record("step \(step): \(a) with a steady clock, \(b) with one that went back")
          return
        }
      }
    }
    #expect(refusals > 50)
  }
}
