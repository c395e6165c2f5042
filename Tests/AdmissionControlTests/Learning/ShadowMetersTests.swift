import AdmissionControl
import Testing

struct ShadowMetersTests {
  private let limit: Int64 = 60_000

  /// Requests of one size; the server throttles by the bucket that it really has.
  private func verdict(bucketSeconds: Int64, units: Int64 = 500) -> (window: LimitWindow?, refusals: Int) {
    var shadows = ShadowMeters(measure: .tokensPerMinute, limit: limit, at: 0)
    var server = Meter(rate: limit, capacity: limit * bucketSeconds / 60, period: .minute, at: 0)
    var refusals = 0
    var now: Int64 = 0
    while now < 10 * minute {
      // A burst of up to eight seconds' worth every ten seconds.
      for _ in 0..<16 {
        let against = shadows.take(units, at: now)
        server.refill(at: now)
        if server.level >= units * Meter.micro {
          server.debit(units * Meter.micro)
          shadows.accepted(contradicting: against)
        } else {
          refusals += 1
          shadows.settle(reserved: units, final: 0, takenAt: now, at: now)
          if let window = shadows.throttled(units, at: now) { return (window, refusals) }
        }
        now += second / 100
      }
      now += 10 * second
    }
    return (nil, refusals)
  }

  @Test(arguments: [(5, .bucket(seconds: 5)), (2, .bucket(seconds: 2))] as [(Int64, LimitWindow)])
  func theBucketThatTheServerHasIsFound(seconds: Int64, window: LimitWindow) {
    let (found, refusals) = verdict(bucketSeconds: seconds)
    // The most permissive window that explains the answers, after a few throttled requests.
    #expect(found == window || found == .bucket(seconds: 5))
    #expect(refusals <= 10)
  }

  @Test func aMinutesBucketContradictsAllOfThem() {
    let (found, refusals) = verdict(bucketSeconds: 60)
    #expect(found == nil)
    #expect(refusals == 0)
  }

  @Test func aRollingWindowIsFound() {
    var shadows = ShadowMeters(measure: .tokensPerMinute, limit: limit, at: 0)
    // An even rate of the whole limit: within any bucket, but the strict window has no room.
    var now: Int64 = 0
    var found: LimitWindow?
    for _ in 0..<65 {
      _ = shadows.take(1_000, at: now)
      now += second
    }
    for _ in 0..<5 where found == nil {
      _ = shadows.take(1_500, at: now)
      shadows.settle(reserved: 1_500, final: 0, takenAt: now, at: now)
      found = shadows.throttled(1_500, at: now)
      _ = shadows.take(1_000, at: now)
      now += second
    }
    #expect(found == .strict)
  }

  /// Sends 105 units each tenth of a second, 5 % more than the limit, which only a window of a minute throttles.
  /// - Parameter isThrottled: whether the server throttles a request at a time, given what it accepted in the present minute.
  private func found(
    _ shadows: inout ShadowMeters, phase: Int64 = 13 * second, minutes: Int64,
    isThrottled: (_ now: Int64, _ minuteSum: Int64) -> Bool
  ) -> (window: LimitWindow, at: Int64)? {
    var (now, minuteSum, minuteBegan): (Int64, Int64, Int64) = (0, 0, 0)
    while now < minutes * minute {
      if (now - phase) / minute != minuteBegan { (minuteBegan, minuteSum) = ((now - phase) / minute, 0) }
      let against = shadows.take(105, at: now)
      if isThrottled(now, minuteSum + 105) {
        shadows.settle(reserved: 105, final: 0, takenAt: now, at: now)
        if let window = shadows.throttled(105, at: now) { return (window, now) }
      } else {
        minuteSum += 105
        shadows.accepted(contradicting: against)
      }
      now += second / 10
    }
    return nil
  }

  /// The server counts fixed minutes: it throttles at the end of each of them, whatever a rolling minute holds.
  @Test(arguments: [0, 13, 59])
  func fixedMinutesAreFound(phase: Int64) throws {
    var shadows = ShadowMeters(measure: .tokensPerMinute, limit: limit, at: 0)
    let found = found(&shadows, phase: phase * second, minutes: 30) { _, minuteSum in minuteSum > limit }
    #expect(found?.window == .strict)
    #expect(found?.at ?? .max <= 10 * minute)
  }

  /// Throttling at any phase of the minute is none of a window's, if the rolling minute is exceeded all the time without it.
  @Test(arguments: 1...8)
  func throttlingAtRandomTimesIsNoMinute(seed: Int) {
    var random = Generator(seed: seed)
    var shadows = ShadowMeters(measure: .tokensPerMinute, limit: limit, at: 0)
    var next = 90 * second
    let found = found(&shadows, minutes: 120) { now, _ in
      guard now >= next else { return false }
      next = now + random.int(15...90) * second
      return true
    }
    #expect(found == nil)
  }

  /// With the strict window in force, throttling far below the limit shows that the limit itself is another.
  @Test func theBucketComesBack() {
    var shadows = ShadowMeters(measure: .tokensPerMinute, limit: limit, at: 0)
    let found = found(&shadows, minutes: 30) { _, minuteSum in minuteSum > limit }
    var now = (found?.at ?? 0) + 2 * minute
    var windows: [LimitWindow?] = []
    for _ in 0..<4 {
      // Several at once are one event.
      for _ in 0..<5 { windows.append(shadows.throttled(105, at: now)) }
      now += 5 * second
    }
    #expect(windows.compactMap { $0 } == [.bucket(seconds: 60)])
  }

  @Test func refusalsWithoutReasonProveNothing() {
    var shadows = ShadowMeters(measure: .tokensPerMinute, limit: limit, at: 0)
    for step in 0..<100 {
      let window = shadows.throttled(1, at: Int64(step) * second)
      #expect(window == nil)
    }
  }

  /// A throttled request that supports a window and accepted ones that contradict it balance each other.
  @Test func repliesSpeakAgainst() {
    var shadows = ShadowMeters(measure: .tokensPerMinute, limit: limit, at: 0)
    for step in 0..<100 {
      let now = Int64(step) * minute
      // More than five seconds' worth at once.
      _ = shadows.take(limit / 12 + 1, at: now)
      let window = shadows.throttled(limit / 60, at: now)
      #expect(window == nil)
      for _ in 0..<4 { shadows.accepted(contradicting: 0b11) }
      shadows.settle(reserved: limit / 12 + 1, final: 0, takenAt: now, at: now)
    }
  }

  @Test(arguments: [0, 1, 1_000_000_000_000, Int64.max, -1, Int64.min])
  func anyLimitIsSound(limit: Int64) {
    var state = AdmissionState(LimiterConfiguration(limits: [Limit(.tokensPerMinute, limit)], profile: .auto), at: 0)
    if let lease = state.lease(.exactly(1), at: 0) { state.settle(lease, .completed(.zero), at: 0) }
    state.setLimit(.tokensPerMinute, limit, at: second)
    if let lease = state.lease(.exactly(1), at: 2 * second) { state.settle(lease, .throttled(.tokens), at: 3 * second) }
    #expect(state.isIdle)
  }
}
