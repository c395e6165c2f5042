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
