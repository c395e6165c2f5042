import Bedquota
import BedrockQuotas
import Foundation
import Testing

@Suite struct UsageCountersTests {
  private static let place = Place(account: nil, region: "us-east-1")
  private static let other = Place(account: nil, region: "eu-west-1")
  private static let key = UsageCounters.Key(place, .runtime, "us.x")
  /// The end of the first hour that is read.
  private static let now = 1_795_514_400

  /// A report whose window ends some minutes after ``now``.
  /// - Parameter counts: by minute from ``now``, which may be negative.
  private static func report(
    _ counts: [UsageMetric: [Int: Double]], after minutes: Int = 0, hours: Double = 1, burndown: Int? = 1
  ) throws -> UsageReport {
    let window = try UsageWindow(
      hours: hours, periodSeconds: 60, now: Date(timeIntervalSince1970: Double(now + minutes * 60)))
    var resolution = Resolution(id: "us.x", modelID: ModelID("amazon.nova-pro-v1:0"), scope: .crossRegion, status: .resolved)
    resolution.outputBurndown = burndown
    var series = UsageSeries(window: window)
    for (metric, points) in counts {
      let sorted = points.sorted { $0.key < $1.key }
      series.add([(sorted.map { Double(now + $0.key * 60) }, sorted.map(\.value))], of: metric, from: "us.x")
    }
    return UsageCalculation(pool: QuotaPool(id: "us.x", resolution: resolution, series: ["us.x"]), series: series).report()
  }

  private func counted(_ counters: UsageCounters) -> UsageCounters.Totals? { counters.totals[Self.key] }

  @Test func whatWasBeforeTheStartIsNotCounted() throws {
    var counters = UsageCounters()
    counters.add([try Self.report([.invocations: [-30: 50], .throttles: [-30: 3]])], of: Self.place)
    #expect(counted(counters)?[.invocations] == 0 && counted(counters)?[.throttles] == 0)
    counters.add([try Self.report([.invocations: [-30: 50, 1: 7], .throttles: [-30: 3]], after: 5)], of: Self.place)
    #expect(counted(counters)?[.invocations] == 7 && counted(counters)?[.throttles] == 0)
  }

  @Test func aMinuteCountsOnceAndLateDataCountToo() throws {
    var counters = UsageCounters()
    counters.add([try Self.report([.invocations: [-2: 10]])], of: Self.place)
    for late in [10.0, 14, 14, 12, 15] {
      counters.add([try Self.report([.invocations: [-2: late, 1: 3]], after: 3)], of: Self.place)
    }
    #expect(counted(counters)?[.invocations] == 8)
  }

  @Test func aNewModelBeginsWithNothing() throws {
    var counters = UsageCounters()
    counters.add([], of: Self.place)
    counters.add([try Self.report([.invocations: [1: 9]], after: 2)], of: Self.place)
    // A rate sees the step from 0 to 9 only if there was a 0.
    #expect(counted(counters)?[.invocations] == 0)
    counters.add([try Self.report([.invocations: [1: 9]], after: 3)], of: Self.place)
    #expect(counted(counters)?[.invocations] == 9)
  }

  @Test func aModelThatFallsSilentKeepsItsCount() throws {
    var counters = UsageCounters()
    counters.add([], of: Self.place)
    counters.add([try Self.report([.invocations: [1: 9]], after: 2)], of: Self.place)
    counters.add([], of: Self.place)
    #expect(counted(counters)?[.invocations] == 9)
    counters.add([try Self.report([.invocations: [200: 1]], after: 201)], of: Self.place)
    #expect(counted(counters)?[.invocations] == 10)
  }

  @Test func anotherPlaceHasItsOwnPast() throws {
    var counters = UsageCounters()
    counters.add([try Self.report([.invocations: [-1: 4]])], of: Self.place)
    counters.add([try Self.report([.invocations: [-1: 4, 1: 1]], after: 2)], of: Self.other)
    #expect(counters.totals[.init(Self.other, .runtime, "us.x")]?[.invocations] == 0)
    #expect(counted(counters)?[.invocations] == 0)
  }

  @Test func tokensOfADayAreThoseOf24Hours() throws {
    var counters = UsageCounters()
    let past = [-1_439: 100.0, -60: 20]
    counters.add(
      [try Self.report([.invocations: past.mapValues { _ in 1 }, .inputTokens: past], hours: 24)], of: Self.place)
    #expect(counters.tokensOfDay(Self.key, now: Self.now) == 120)
    #expect(counters.tokensOfDay(Self.key, now: Self.now + 120) == 20)
    counters.add([try Self.report([.invocations: [3: 1], .inputTokens: [3: 7]], after: 4)], of: Self.place)
    #expect(counters.tokensOfDay(Self.key, now: Self.now + 240) == 27)
    #expect(counted(counters)?.quotaTokens == 7)
  }

  @Test func whatNobodyKnowsIsNoZero() throws {
    var counters = UsageCounters()
    counters.add([try Self.report([.invocations: [-1: 1]], burndown: nil)], of: Self.place)
    let totals = try #require(counted(counters))
    #expect(totals[.inputTokens] == nil && totals.quotaTokens == nil && totals[.serverErrors] == 0 && totals[.latency] == nil)
    #expect(counters.tokensOfDay(Self.key, now: Self.now) == nil)
  }

  @Test func aThousandMetricsAreACent() {
    var counts = MetricDataCount.Counts()
    counts.metrics = 1_000
    #expect(counts.price == 0.01)
  }

  @Test func aPlaceThatWasSilentForADayIsForgotten() throws {
    var counters = UsageCounters()
    counters.add([try Self.report([.invocations: [-1: 1]])], of: Self.place)
    var quiet = try Self.report([:], after: 2 * 1_440)
    quiet.id = "other"
    counters.add([quiet], of: Self.place)
    #expect(counted(counters) == nil)
  }
}
