import BedrockEmulator
import Synchronization
import Testing

/// What must hold whatever happens: random traces with every semantics, seeds printed where they fail.
struct QuotaLedgerTests {
  struct Trace {
    var clock = EmulatorClock.manual()
    var enforcer: QuotaEnforcer
    var pool: Int
    var random: Generator
    /// A bucket of a few seconds holds small requests only.
    var largest: Int
  }

  /// A small generator of our own, so that a seed means the same trace for ever (Knuth's MMIX constants).
  struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ state >> 33
    }
  }

  private func trace(_ semantics: QuotaSemantics, _ seed: UInt64, tpm: Double = 10_000) -> Trace {
    let clock = EmulatorClock.manual()
    let enforcer = QuotaEnforcer(semantics: semantics, seed: seed, clock: clock)
    let pool = enforcer.pool([
      ("L-RPM", "requests", .rpm, 60, 1), ("L-TPM", "tokens", .tpm, tpm, 1), ("L-TPD", "a day's tokens", .tpd, 1e7, 2),
      ("L-ALL", "at once", .concurrent, 40, 1),
    ])
    let isSmall = semantics.name == "bucket5" || semantics.name == "bucket2"
    return Trace(clock: clock, enforcer: enforcer, pool: pool, random: Generator(state: seed), largest: isSmall ? 300 : 3_000)
  }

  private struct Running {
    var lease: QuotaLedger.Lease
    var reserved: Int
    var end: Int64
    var final: Int
  }

  /// Starts and ends requests at random times for 20 minutes, with what each step changes reported to `check`.
  private func play(
    _ trace: inout Trace, _ check: (_ now: Int64, _ reserved: Int, _ settled: Int, _ refund: Int) -> Void
  ) {
    var running: [Running] = []
    func end(_ index: Int) {
      let request = running.remove(at: index)
      trace.enforcer.settle(request.lease, tokens: request.final)
      check(trace.clock.now, 0, request.final, request.reserved - request.final)
    }
    while trace.clock.now < 1_200_000_000_000 {
      trace.clock.advance(by: Int64.random(in: 0...2_000_000_000, using: &trace.random))
      while let index = running.firstIndex(where: { $0.end <= trace.clock.now }) { end(index) }
      let reserved = Int.random(in: 1...trace.largest, using: &trace.random)
      if case .admitted(var lease) = trace.enforcer.reserve(pool: trace.pool, tokens: reserved) {
        check(trace.clock.now, reserved, 0, 0)
        let final = Int.random(in: 0...reserved * 5 / 4, using: &trace.random)
        // Now and then what streams out grows beyond what was reserved.
        if final > reserved { trace.enforcer.adjust(&lease, tokens: final) }
        let duration = Int64.random(in: 0...20_000_000_000, using: &trace.random)
        running.append(Running(lease: lease, reserved: max(reserved, final), end: trace.clock.now + duration, final: final))
      }
    }
    while !running.isEmpty { end(0) }
  }

  /// Over any stretch of time, no more is settled than what the window held at the start and what came in since.
  @Test(arguments: QuotaSemantics.all, 1...5)
  func settledTokensStayWithinWhatTheSemanticsAllow(semantics: QuotaSemantics, seed: Int) {
    var trace = trace(semantics, UInt64(seed))
    var settled: [(at: Int64, tokens: Int)] = []
    play(&trace) { now, _, final, _ in if final > 0 { settled.append((now, final)) } }
    let total = settled.reduce(0) { $0 + $1.tokens }
    let minutes = Double(trace.clock.now) / 60e9
    // A full window at the start, one more for what a clock minute or a late debit lets through, and the debts of at most 40
    // requests at once. The drift of `soft` is nothing over whole periods.
    let debts = 40 * 3_750
    #expect(Double(total) <= 10_000 * (minutes + 2) + Double(debts))
    #expect(total > 50_000, "a trace that admits next to nothing proves nothing")
  }

  @Test(arguments: QuotaSemantics.all, 1...5)
  func refundsNeverExceedReservationsAndAllComesBackAtRest(semantics: QuotaSemantics, seed: Int) throws {
    var trace = trace(semantics, UInt64(seed))
    var (reserved, refunded) = (0, 0)
    play(&trace) { _, debit, _, refund in
      reserved += debit
      refunded += max(refund, 0)
    }
    #expect(refunded <= reserved + reserved / 4)
    trace.clock.advance(by: 3 * 86_400_000_000_000)
    for meter in trace.enforcer.meters() {
      #expect(meter.inFlight == 0)
      // Never above the brim, and full again.
      let brim: Double =
        switch (meter.measure, semantics.window) {
        case ("rpm", .bucket(let seconds)), ("tpm", .bucket(let seconds)): Double(meter.quota) * Double(seconds) / 60
        default: Double(meter.quota)
        }
      #expect(abs(meter.available - brim) < 1e-6, "\(meter.measure)")
    }
  }

  @Test func aRequestThatOneMeterRefusesTakesNothingFromTheOthers() {
    let trace = trace(.bucket60, 1)
    guard case .throttled(.tpm, _) = trace.enforcer.reserve(pool: trace.pool, tokens: 10_001) else {
      Issue.record("10,001 tokens fit into 10,000")
      return
    }
    for meter in trace.enforcer.meters() {
      #expect(meter.inFlight == 0)
      #expect(meter.available == Double(meter.quota), "\(meter.measure)")
    }
  }

  @Test func tokensOfADayAreDoubledWhereTheFactorSaysSo() {
    let meter = trace(.bucket60, 1).enforcer.meters().first { $0.code == "L-TPD" }
    #expect(meter?.quota == 20_000_000)
  }

  /// An account whose quotas are all 0 hears of tokens per day, as users of new accounts report; one that is 0, of itself.
  @Test(arguments: [(0.0, 0.0, QuotaLedger.Measure.tpd), (0, 10, .rpm), (10, 0, .tpm)])
  func aQuotaOfZeroSpeaksOfTheDayWhereAllAre(rpm: Double, tpm: Double, expected: QuotaLedger.Measure) {
    let enforcer = QuotaEnforcer(semantics: .bucket60, seed: 1, clock: .manual())
    let pool = enforcer.pool([("L-1", "requests", .rpm, rpm, 1), ("L-2", "tokens", .tpm, tpm, 1)])
    guard case .throttled(let measure, _) = enforcer.reserve(pool: pool, tokens: 1) else {
      Issue.record("a quota of 0 let a request in")
      return
    }
    #expect(measure == expected)
  }

  /// What has been used stays used, however the quota moves.
  @Test(arguments: [[500_000.0, 1_000_000], [0, 1_000_000], [5_000_000, 1_000_000], [100, 3_000, 1_000_000]])
  func aQuotaThatComesBackBringsNothingBack(values: [Double]) {
    let clock = EmulatorClock.manual()
    let enforcer = QuotaEnforcer(semantics: .bucket60, seed: 1, clock: clock)
    let pool = enforcer.pool([("L-1", "tokens", .tpm, 1_000_000, 1)])
    _ = enforcer.reserve(pool: pool, tokens: 400_000)
    for value in values { enforcer.setQuota(code: "L-1", value: value) }
    #expect(enforcer.meters()[0].available == 600_000)
  }

  /// Two sources on one quota, looked at after an hour: as if somebody had looked all the time.
  @Test(arguments: [QuotaSemantics.bucket60, .rolling60, .fixed60])
  func othersAreMergedInTheOrderOfTheirTimes(semantics: QuotaSemantics) {
    func left(looking: Int) -> Double {
      let clock = EmulatorClock.manual()
      let enforcer = QuotaEnforcer(semantics: semantics, seed: 1, clock: clock)
      let pool = enforcer.pool([("L-1", "requests", .rpm, 600, 1), ("L-2", "tokens", .tpm, 600_000, 1)])
      enforcer.setForeign(modelID: "a", pool: pool, share: 0.3)
      enforcer.setForeign(modelID: "b", pool: pool, share: 0.4)
      for _ in 0..<looking {
        clock.advance(by: 3_600_000_000_000 / Int64(looking))
        enforcer.catchUp()
      }
      return enforcer.meters()[0].available
    }
    #expect(left(looking: 1) == left(looking: 3_600))
    #expect(left(looking: 1) > 150)
  }

  @Test func othersKeepTheirShareOfAnotherQuotaAndAreAllCounted() throws {
    let clock = EmulatorClock.manual()
    let told = Mutex((requests: Int64(0), tokens: Int64(0)))
    let enforcer = QuotaEnforcer(semantics: .bucket60, seed: 1, clock: clock) { record in
      told.withLock { $0 = ($0.requests + record.requests, $0.tokens + record.tokens) }
    }
    let pool = enforcer.pool([
      ("L-1", "requests", .rpm, 1_000, 1), ("L-2", "tokens", .tpm, 1_000_000, 1), ("L-3", "a day", .tpd, 1e12, 1),
    ])
    enforcer.setForeign(modelID: "m", pool: pool, share: 0.3)
    enforcer.setQuota(code: "L-1", value: 100)
    enforcer.setQuota(code: "L-2", value: 100_000)
    // Six hours at once: only the last ten minutes show in a minute's window, all of them in the day's and in the metrics.
    clock.advance(by: 6 * 3_600_000_000_000)
    enforcer.catchUp()
    let meters = enforcer.meters()
    #expect(meters[0].available > 98 && meters[1].available > 98_000)
    let day = meters[2]
    let used = 1e12 - day.available
    let refilled = 1e12 / 4
    #expect(used < refilled)  // A quarter of the day has come back meanwhile.
    let (requests, tokens) = told.withLock { $0 }
    // Each start, after a change too, is with a request.
    #expect((requests - 10_800).magnitude <= 3 && (tokens - 10_800_000).magnitude <= 12_000)
  }

  @Test func concurrencyIsARequestAtATime() {
    let trace = trace(.bucket60, 1, tpm: 1e9)
    var leases: [QuotaLedger.Lease] = []
    for _ in 0..<40 {
      guard case .admitted(let lease) = trace.enforcer.reserve(pool: trace.pool, tokens: 1) else { break }
      leases.append(lease)
    }
    #expect(leases.count == 40)
    guard case .throttled(.concurrent, _) = trace.enforcer.reserve(pool: trace.pool, tokens: 1) else {
      Issue.record("41 at once")
      return
    }
    trace.enforcer.settle(leases[0], tokens: 1)
    guard case .admitted = trace.enforcer.reserve(pool: trace.pool, tokens: 1) else {
      Issue.record("a place that was given back stays taken")
      return
    }
  }

  /// Refused just before the announced wait is over, admitted when it is.
  @Test(arguments: QuotaSemantics.all.filter { $0.name != "soft" }, 1...3)
  func theAnnouncedWaitIsRight(semantics: QuotaSemantics, seed: Int) {
    // Lots would send the second try to another shard.
    guard semantics.shards == 1, !semantics.isLate else { return }
    let clock = EmulatorClock.manual()
    let enforcer = QuotaEnforcer(semantics: semantics, seed: UInt64(seed), clock: clock, announcesWaits: true)
    let pool = enforcer.pool([("L-TPM", "tokens", .tpm, 60_000, 1)])
    var random = Generator(state: UInt64(seed))
    for _ in 0..<200 {
      let tokens = Int.random(in: 1...2_000, using: &random)
      switch enforcer.reserve(pool: pool, tokens: tokens) {
      case .admitted(let lease): enforcer.settle(lease, tokens: tokens)
      case .throttled(_, let wait):
        clock.advance(by: wait - 1)
        if case .admitted = enforcer.reserve(pool: pool, tokens: tokens) { Issue.record("too early by a nanosecond, and in") }
        clock.advance(by: 1)
        guard case .admitted(let lease) = enforcer.reserve(pool: pool, tokens: tokens) else {
          Issue.record("the wait was over, and refused")
          return
        }
        enforcer.settle(lease, tokens: tokens)
      }
    }
  }

  /// Requests are free again before tokens are, and a debt takes longer than its period.
  @Test(arguments: [QuotaSemantics.bucket60, .rolling60])
  func theLongestWaitIsAnnounced(semantics: QuotaSemantics) {
    let clock = EmulatorClock.manual()
    let enforcer = QuotaEnforcer(semantics: semantics, seed: 1, clock: clock, announcesWaits: true)
    let pool = enforcer.pool([
      ("L-RPM", "requests", .rpm, 1, 1), ("L-TPM", "tokens", .tpm, 1_000, 1), ("L-TPD", "day", .tpd, 2_000, 1),
    ])
    guard case .admitted(let lease) = enforcer.reserve(pool: pool, tokens: 900) else {
      Issue.record("not admitted")
      return
    }
    enforcer.settle(lease, tokens: 2_500)
    guard case .throttled(let measure, let wait) = enforcer.reserve(pool: pool, tokens: 900) else {
      Issue.record("not throttled")
      return
    }
    #expect(measure == .tpd, "the first in order names the error")
    clock.advance(by: wait - 1)
    if case .admitted = enforcer.reserve(pool: pool, tokens: 900) { Issue.record("too early by a nanosecond, and in") }
    clock.advance(by: 1)
    guard case .admitted = enforcer.reserve(pool: pool, tokens: 900) else {
      Issue.record("the wait was over, and refused")
      return
    }
  }

  @Test func aRaisedQuotaCountsAtOnceAndALoweredOneToo() {
    let clock = EmulatorClock.manual()
    let enforcer = QuotaEnforcer(semantics: .rolling60, seed: 1, clock: clock)
    let pool = enforcer.pool([("L-1", "requests", .rpm, 1, 1)])
    func passes() -> Bool { if case .admitted = enforcer.reserve(pool: pool, tokens: 0) { true } else { false } }
    #expect(passes())
    #expect(!passes())
    enforcer.setQuota(code: "L-1", value: 2)
    #expect(passes())
    enforcer.setQuota(code: "L-1", value: 1)
    clock.advance(by: 60_000_000_000)
    #expect(passes())
    #expect(!passes())
  }

  /// Three tenths for others leave seven tenths.
  @Test(arguments: [0.1, 0.3, 0.5])
  func othersTakeTheirShareEvenly(share: Double) {
    let clock = EmulatorClock.manual()
    let enforcer = QuotaEnforcer(semantics: .bucket60, seed: 1, clock: clock)
    let pool = enforcer.pool([("L-1", "requests", .rpm, 600, 1), ("L-2", "tokens", .tpm, 600_000, 1)])
    enforcer.setForeign(modelID: "m", pool: pool, share: share)
    var passed = 0
    // Twice the quota for eleven minutes; the first one empties the bucket.
    for index in 0..<13_200 {
      clock.advance(by: 50_000_000)
      if case .admitted(let lease) = enforcer.reserve(pool: pool, tokens: 1) {
        enforcer.settle(lease, tokens: 1)
        if index >= 1_200 { passed += 1 }
      }
    }
    let expected = (1 - share) * 6_000
    #expect(abs(Double(passed) - expected) <= expected * 0.01, "\(passed) of \(expected)")
  }

  /// A quota of ten billion does not mean billions of steps.
  @Test func othersOfAHugeQuotaCostNoMoreTime() {
    let clock = EmulatorClock.manual()
    let enforcer = QuotaEnforcer(semantics: .bucket60, seed: 1, clock: clock)
    let pool = enforcer.pool([("L-1", "requests", .rpm, 1e10, 1)])
    enforcer.setForeign(modelID: "m", pool: pool, share: 0.5)
    clock.advance(by: 30 * 86_400_000_000_000)
    #expect(enforcer.meters()[0].available > 9.9e9)
  }

  @Test func aResetForgetsWhatIsUnderWay() {
    let trace = trace(.rolling60, 1)
    guard case .admitted(let lease) = trace.enforcer.reserve(pool: trace.pool, tokens: 5_000) else { return }
    trace.enforcer.reset()
    trace.enforcer.settle(lease, tokens: 9_000)
    for meter in trace.enforcer.meters() {
      #expect(meter.available == Double(meter.quota))
      #expect(meter.inFlight == 0)
    }
  }
}
