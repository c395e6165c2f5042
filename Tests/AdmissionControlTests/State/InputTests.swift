import AdmissionControl
import Testing

/// Invalid input gets an answer that says so, never a trap.
struct InputTests {
  private static let wrong = [
    Cost(reserved: Amounts(tokens: -1)), Cost(reserved: Amounts(inputTokens: -1)), Cost(reserved: Amounts(outputTokens: .min)),
    Cost(reserved: Amounts(tokens: .max)), Cost(reserved: Amounts(tokens: Amounts.tokensMax + 1)),
    Cost(reserved: .zero, known: Amounts(tokens: -1)), Cost(reserved: .zero, known: Amounts(tokens: .max)),
    Cost(reserved: .zero, predicted: Amounts(outputTokens: -1)), Cost(reserved: .zero, predicted: Amounts(tokens: .max)),
    Cost(input: -1, maxTokens: 10), Cost(input: .max, maxTokens: .max), Cost(input: .min, maxTokens: .min),
    Cost(input: 0, maxTokens: -1),
  ]

  @Test(arguments: wrong.indices, [LimiterConfiguration.Profile.bucket, .strict, .auto])
  func aCostThatIsNoneIsRefused(index: Int, profile: LimiterConfiguration.Profile) {
    let request = Request(cost: Self.wrong[index])
    var state = AdmissionState(LimiterConfiguration(limits: [Limit(.tokensPerMinute, .max)], profile: profile), at: 0)
    #expect(state.arrive(request, at: 0).refusal == .invalidCost)
    #expect(state.tryArrive(request, at: 0)?.refusal == .invalidCost)
    #expect(state.snapshot().counts.refused == 2)
    #expect(state.isIdle)
  }

  @Test func theLargestCostIsOne() {
    var state = AdmissionState(LimiterConfiguration(limits: [Limit(.tokensPerMinute, .max)]), at: 0)
    #expect(state.arrive(Request(cost: .exactly(Amounts.tokensMax)), at: 0).lease != nil)
  }

  @Test(arguments: Measure.allCases, [0, 1, 1_000_000_000, Int64.max, -1] as [Int64])
  func anyLimitAnswers(measure: Measure, limit: Int64) {
    for profile in [LimiterConfiguration.Profile.bucket, .strict, .auto] {
      var state = AdmissionState(LimiterConfiguration(limits: [Limit(measure, limit)], profile: profile), at: 0)
      let arrivals = (0..<3).map { _ in state.arrive(Request(cost: .exactly(1)), at: 0) }
      if limit <= 0 {
        #expect(arrivals[0].refusal == .neverFits(measure, needed: 1, limit: 0))
      } else {
        #expect(arrivals[0].lease != nil)
        #expect(limit > 1 ? arrivals[2].refusal == nil : arrivals[2].lease == nil)
      }
    }
  }

  @Test func oneByteMoreThanTheLimitNeverFits() {
    var state = AdmissionState(.plain([Limit(.tokensPerMinute, 1_000)]), at: 0)
    #expect(
      state.arrive(Request(cost: .exactly(1_001)), at: 0).refusal == .neverFits(.tokensPerMinute, needed: 1_001, limit: 1_000))
    // A request as large as the limit exceeds the bucket's capacity, and still goes.
    #expect(state.arrive(Request(cost: .exactly(1_000)), at: 0).lease != nil)
    #expect(state.available(.tokensPerMinute) == -50)
  }

  @Test func noLimitsLetAllThrough() {
    var state = AdmissionState(LimiterConfiguration(limits: []), at: 0)
    for _ in 0..<1_000 { #expect(state.lease(.exactly(Amounts.tokensMax), at: 0) != nil) }
  }

  @Test func theFirstOfALimitThatIsGivenTwiceCounts() {
    let state = AdmissionState(.plain([Limit(.tokensPerMinute, 100), Limit(.tokensPerMinute, 200)]), at: 0)
    #expect(state.snapshot().meters.map(\.limit) == [100])
  }

  /// With invalid numbers in every field, requests still go, and no more than the limit.
  @Test(arguments: [Double.nan, .infinity, -.infinity, -1, 0, 1e308])
  func anyConfigurationIsSound(value: Double) {
    for profile in [LimiterConfiguration.Profile.bucket, .strict, .auto] {
      var configuration = LimiterConfiguration(limits: [Limit(.tokensPerMinute, 1_000_000_000_000)], profile: profile)
      configuration.scaleMax = value
      configuration.headroom = value
      configuration.burst = value.isFinite ? .seconds(min(value, 1e12)) : .zero
      configuration.tierWeights = [value, value]
      configuration.tenantWeights = [0: value]
      configuration.retriesPerAdmission = value
      configuration.retriesPerSecond = value
      var state = AdmissionState(configuration, at: 0)
      var taken: Int64 = 0
      for _ in 0..<2_000 { if state.lease(.exactly(Amounts.tokensMax), at: 0) != nil { taken += Amounts.tokensMax } }
      #expect(taken > 0)
      #expect(taken <= 1_000_000_000_000)
      // Twelve hours along the curve of the scale.
      if let lease = state.lease(.exactly(1), at: minute) { state.settle(lease, .throttled(.tokens), at: minute) }
      for hour in 1...12 { _ = state.lease(.exactly(1), at: Int64(hour) * 60 * minute) }
      #expect(state.snapshot().meters[0].scale.isFinite)
    }
  }

  /// No number that a caller can hand in ends the process or blocks a limit that has room.
  @Test(arguments: [Int64.min, -1, 0, 1, .max])
  func anyWholeNumberIsSound(value: Int64) {
    var configuration = LimiterConfiguration(limits: Measure.allCases.map { Limit($0, 1_000) }, profile: .auto)
    configuration.waitersMax = Int(value)
    configuration.tokensLeftToday = value
    configuration.queueWaitMax = .seconds(value)
    configuration.burst = .seconds(value)
    configuration.sharesAtStart = [.tokensPerMinute: Double(value), .requestsPerMinute: .nan]
    var state = AdmissionState(configuration, at: value)
    for time in [value, 0, .max, .min] {
      _ = state.arrive(Request(cost: .exactly(1), deadline: value, priority: Int(value), tenant: .max), at: time)
      _ = state.arrive(Request(cost: .exactly(1), deadline: time, isRetry: true), at: time)
      if let lease = state.lease(.exactly(1), at: time) {
        var lease = lease
        state.adjust(&lease, used: Amounts(tokens: value, inputTokens: value, outputTokens: value), at: time)
        state.settle(lease, .completed(Amounts(tokens: value, inputTokens: value)), at: time)
      }
      while state.next(at: time) != nil {}
      for measure in Measure.allCases { state.setLimit(measure, value, at: time) }
      #expect(state.snapshot(at: time).meters.allSatisfy { (0...1_000_000_000_000).contains($0.limit) && $0.scale.isFinite })
      for measure in Measure.allCases { state.setLimit(measure, 1_000, at: time) }
    }
  }

  /// A share to begin with grows, whatever the clock shows at the start.
  @Test(arguments: [-600 * second, 0, 600 * second])
  func aShareGrowsOnAnyClock(start: Int64) {
    var configuration = LimiterConfiguration(limits: [Limit(.tokensPerMinute, 60_000)])
    configuration.sharesAtStart = [.tokensPerMinute: 0.5]
    var state = AdmissionState(configuration, at: start)
    _ = state.next(at: start + 100 * second)
    #expect((state.snapshot().meters.first?.scale ?? 0) == 1)
  }

  @Test func aScaleBelowOneCountsFromTheStart() {
    var configuration = LimiterConfiguration(limits: [Limit(.tokensPerMinute, 60_000)])
    configuration.scaleMax = 0.5
    var state = AdmissionState(configuration, at: 0)
    #expect(state.available(.tokensPerMinute) == 28_500)
    _ = state.lease(.exactly(500), at: 0)
    #expect(state.arrive(Request(cost: .exactly(500)), at: 0).eta == second)
  }

  @Test func timeGoingBackChangesNothing() throws {
    var state = AdmissionState(.plain([Limit(.tokensPerMinute, 60_000)]), at: 100 * second)
    let lease = try state.granted(.exactly(1_000), at: 100 * second)
    for time in [0, -5, Int64.min] {
      #expect(state.lease(.exactly(1), at: time) == nil)
      _ = state.next(at: time)
    }
    state.settle(lease, .completed(Amounts(tokens: 1_000)), at: 0)
    state.setLimit(.tokensPerMinute, 60_000, at: 0)
    #expect(state.arrive(Request(cost: .exactly(1_000)), at: 0).eta == second)
    #expect(state.snapshot().counts.admitted == 1)
  }
}
