import AdmissionControl
import Testing

struct TokensPerDayTests {
  private let day = 86_400 * second

  /// One token per second of the day.
  private func state(left: Int64?) -> AdmissionState {
    var configuration = LimiterConfiguration(limits: [Limit(.tokensPerDay, 86_400), Limit(.tokensPerMinute, 1_000_000)])
    configuration.tokensLeftToday = left
    configuration.queueWaitMax = .seconds(Int64.max)
    return AdmissionState(configuration, at: 0)
  }

  @Test(arguments: [(nil, 82_080), (10_000, 10_000), (0, 0), (-500, -500), (90_000, 82_080)] as [(Int64?, Int64)])
  func whatIsHandedInIsWhatIsLeft(left: Int64?, expected: Int64) {
    #expect(state(left: left).snapshot().tokensLeftToday == expected)
  }

  @Test(arguments: [Int64.max, .min])
  func anythingMayBeHandedIn(left: Int64) {
    var state = state(left: left)
    #expect((state.lease(.exactly(1), at: second) != nil) == (left > 0))
  }

  @Test func outlastsARestart() throws {
    var before = state(left: nil)
    let lease = try before.granted(.exactly(5_000), at: 0)
    before.settle(lease, .completed(Amounts(tokens: 4_000)), at: second)
    var after = state(left: before.snapshot().tokensLeftToday)
    #expect(after.snapshot().tokensLeftToday == 78_081)
    #expect(after.arrive(Request(cost: .exactly(78_082)), at: 0).eta == second)
  }

  @Test func refillsOverTheDay() {
    var state = state(left: 0)
    #expect(state.arrive(Request(cost: .exactly(3_600)), at: 0).eta == 3_600 * second)
    var said = Said()
    state.run(from: 0, to: day, into: &said)
    #expect(said.admitted.map(\.at) == [3_600 * second])
  }

  /// After hours without an event, a snapshot shows what is free now.
  @Test func theSnapshotKnowsOfTheTimeThatHasPassed() {
    var state = state(left: 0)
    _ = state.lease(.exactly(1), at: 0)
    // Any event will do.
    _ = state.arrive(Request(cost: .exactly(-1)), at: 3_600 * second)
    #expect(state.snapshot().tokensLeftToday == 3_600)
  }

  /// Throttling for tokens per day affects the daily limit alone.
  @Test func aDaysRefusalTouchesTheDayAlone() throws {
    var state = state(left: nil)
    let lease = try state.granted(.exactly(1_000), at: 0)
    let minutes = try #require(state.available(.tokensPerMinute))
    state.settle(lease, .throttled(.tokensPerDay), at: 0)
    #expect(state.snapshot().tokensLeftToday == 0)
    #expect(state.available(.tokensPerMinute) == minutes + 1_000)
    #expect(state.snapshot().meters.allSatisfy { $0.scale == 1 })
    #expect(state.arrive(Request(cost: .exactly(60)), at: 0).eta == 60 * second)
  }

  @Test func aDaysRefusalWithoutADaysLimitTouchesNothing() throws {
    var state = AdmissionState(LimiterConfiguration(limits: [Limit(.tokensPerMinute, 60_000)]), at: 0)
    let before = state.snapshot().meters
    let lease = try state.granted(.exactly(1_000), at: 0)
    state.settle(lease, .throttled(.tokensPerDay), at: 0)
    #expect(state.snapshot().meters == before)
  }

  /// Throttling for tokens per minute doesn't affect the daily limit.
  @Test func aMinutesRefusalLeavesTheDayAlone() throws {
    var state = state(left: nil)
    let lease = try state.granted(.exactly(1_000), at: 0)
    state.settle(lease, .throttled(.tokens), at: 0)
    #expect(state.snapshot().tokensLeftToday == 82_080)
    #expect(state.available(.tokensPerMinute).map { $0 < 0 } == true)
  }
}
