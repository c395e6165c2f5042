import AdmissionControl
import Testing

/// What replies change: the rate, the window and the prediction.
struct LearningTests {
  /// What the machine thinks a request will cost, from how long the next has to wait for the pacer: 1,000 tokens a second.
  private func forecast(_ state: AdmissionState, _ cost: Cost, at now: Int64) -> Int64? {
    var copy = state
    guard copy.lease(cost, at: now) != nil else { return nil }
    let eta = copy.arrive(Request(cost: Cost(reserved: .zero, predicted: Amounts(tokens: 1_000))), at: now).eta
    return eta.map { $0 / 1_000_000 }
  }

  private func learnt(_ finals: [Int64], key: UInt64 = 7, into state: inout AdmissionState, from start: Int64) -> Int64 {
    var now = start
    for final in finals {
      now += 10 * minute
      guard let lease = state.lease(Cost(input: 100, maxTokens: 10_000, key: key), at: now) else { continue }
      state.settle(lease, .completed(Amounts(tokens: final)), at: now)
    }
    return now + 10 * minute
  }

  private func state(_ profile: LimiterConfiguration.Profile = .bucket) -> AdmissionState {
    AdmissionState(LimiterConfiguration(limits: [Limit(.tokensPerMinute, 60_000)], profile: profile), at: 0)
  }

  @Test func aQuarterOfWhatIsAllowedUntilThereAreReplies() {
    #expect(forecast(state(), Cost(input: 100, maxTokens: 10_000), at: 0) == 2_600)
  }

  @Test func repliesTellWhatTheNextWillCost() {
    var state = state()
    let now = learnt(Array(repeating: 1_300, count: 50), into: &state, from: 0)
    #expect(forecast(state, Cost(input: 100, maxTokens: 10_000, key: 7), at: now) == 1_300)
    // The known input is added.
    #expect(forecast(state, Cost(input: 900, maxTokens: 10_000, key: 7), at: now) == 2_100)
  }

  @Test func recentRepliesCountMost() {
    var state = state()
    let now = learnt(Array(repeating: 5_100, count: 200) + Array(repeating: 1_100, count: 200), into: &state, from: 0)
    let forecast = forecast(state, Cost(input: 100, maxTokens: 10_000, key: 7), at: now) ?? 0
    #expect((1_100...1_250).contains(forecast), "\(forecast)")
  }

  @Test func aKindWithFewRepliesLeansOnAll() {
    var state = state()
    var now = learnt(Array(repeating: 1_100, count: 300), key: 1, into: &state, from: 0)
    now = learnt([9_100], key: 2, into: &state, from: now)
    let few = forecast(state, Cost(input: 100, maxTokens: 10_000, key: 2), at: now) ?? 0
    #expect((1_200...2_500).contains(few), "\(few)")
    let many = forecast(state, Cost(input: 100, maxTokens: 10_000, key: 1), at: now) ?? 0
    #expect((1_100...1_300).contains(many), "\(many)")
    let unknown = forecast(state, Cost(input: 100, maxTokens: 10_000, key: 99), at: now) ?? 0
    #expect((1_200...1_400).contains(unknown), "\(unknown)")
  }

  @Test func onlyCompletedRequestsTeach() throws {
    var state = state()
    var now: Int64 = 0
    for outcome in [Outcome.failed(used: Amounts(tokens: 9_000)), .capacity, .cancelled, .throttled(.tokensPerDay)] {
      now += 10 * minute
      let lease = try state.granted(Cost(input: 100, maxTokens: 10_000), at: now)
      state.settle(lease, outcome, at: now)
    }
    #expect(forecast(state, Cost(input: 100, maxTokens: 10_000), at: now + 10 * minute) == 2_600)
  }

  /// Only the pacer uses it: the meter takes what is reserved.
  @Test func theForecastMovesNothingElse() {
    for predicted in [0, 100, 9_000] as [Int64] {
      var state = state()
      _ = state.lease(Cost(reserved: Amounts(tokens: 9_000), predicted: Amounts(tokens: predicted)), at: 0)
      #expect(state.available(.tokensPerMinute) == 48_000)
    }
  }

  /// While the scale is below 1, a request as large as the limit still goes.
  @Test(arguments: [LimiterConfiguration.Profile.bucket, .strict, .auto], [1, 5, 60, 60_000] as [Int64])
  func aLargeRequestOutlastsALowScale(profile: LimiterConfiguration.Profile, limit: Int64) throws {
    for measure in [Measure.tokensPerMinute, .requestsPerMinute] {
      var state = AdmissionState(LimiterConfiguration(limits: [Limit(measure, limit)], profile: profile), at: 0)
      let lease = try state.granted(.exactly(1), at: 0)
      state.settle(lease, .throttled(.unknown), at: 0)
      #expect(state.arrive(Request(cost: .exactly(limit)), at: 0).waiter != nil)
      var said = Said()
      state.run(from: 0, to: 5 * minute, into: &said)
      #expect(said.admitted.count == 1)
    }
  }

  /// However low the scale, the limit is not exceeded.
  @Test(arguments: [1, 2, 7, 60] as [Int64])
  func aLowScaleLetsNoMoreThrough(limit: Int64) throws {
    var state = AdmissionState(LimiterConfiguration(limits: [Limit(.requestsPerMinute, limit)]), at: 0)
    let lease = try state.granted(.exactly(1), at: 0)
    state.settle(lease, .throttled(.requests), at: 0)
    for _ in 0..<50 * limit { _ = state.arrive(Request(cost: .exactly(1)), at: 0) }
    var said = Said()
    state.run(from: 0, to: 10 * minute, into: &said)
    // At most ten minutes of the limit, and at least half of it.
    #expect(said.admitted.count <= 10 * limit + 1)
    #expect(said.admitted.count >= 5 * limit)
  }

  /// Late throttled replies of requests that were in flight at the first belong to it.
  @Test func lateRefusalsOfWhatWasOnItsWayAreOneEvent() throws {
    var state = state()
    let leases = try (0..<10).map { _ in try state.granted(.exactly(100), at: 0) }
    for (index, lease) in leases.enumerated() {
      state.settle(lease, .throttled(.tokens), at: second / 10 + Int64(index) * 1_500_000_000)
    }
    #expect(state.snapshot().meters[0].scale > 0.9, "\(state.snapshot().meters[0].scale)")
  }

  @Test func autoBecomesNarrowerWhenAnswersSaySo() {
    var state = state(.auto)
    // An even rate of the whole limit: of all windows, only the strict one has no room.
    var leases: [Lease] = []
    for time in 1...700 as ClosedRange<Int64> {
      if let lease = state.lease(.exactly(100), at: time * second / 10) { leases.append(lease) }
    }
    #expect(leases.count == 700)
    let now = 70 * second
    for lease in leases.suffix(3) {
      #expect(!state.snapshot().meters[0].isStrict)
      state.settle(lease, .throttled(.tokens), at: now)
    }
    #expect(state.snapshot().meters[0].isStrict)
  }
}
