import Bedquota
import BedrockQuotas
import Foundation
import Testing

struct UsageCalculationTests {
  private static let window = try! UsageWindow(hours: 1, now: Date(timeIntervalSince1970: 1_795_544_340))

  private static func quota(_ code: String, _ measure: String, _ value: Double, adjustable: Bool = false) -> Quota {
    Quota(
      code: code, name: QuotaName("\(measure) for Anthropic Claude Opus 4.7"), appliedValue: value, adjustable: adjustable,
      family: "Claude")
  }

  private static func resolution(_ quotas: [Quota], burndown: Int? = 5) -> Resolution {
    var resolution = Resolution(
      id: "us.x", modelID: ModelID("anthropic.claude-opus-4-7"), scope: .crossRegion, status: .resolved)
    resolution.quotas = quotas.map { .init(quota: $0, evidence: "") }
    resolution.outputBurndown = burndown
    return resolution
  }

  private let requests = Self.quota("L-R", "Cross-region model inference requests per minute", 100)
  private let tokens = Self.quota("L-T", "Cross-region model inference tokens per minute", 10_000, adjustable: true)

  /// Minutes from the start of the window, and what was counted in them.
  private func series(_ counts: [UsageMetric: [Int: Double]]) -> UsageSeries {
    var series = UsageSeries(window: Self.window)
    for (metric, points) in counts {
      let sorted = points.sorted { $0.key < $1.key }
      series.add(
        [(sorted.map { Double(Self.window.startSeconds + $0.key * 60) }, sorted.map(\.value))], of: metric, from: "us.x")
    }
    return series
  }

  private func report(
    _ counts: [UsageMetric: [Int: Double]], _ quotas: [Quota], burndown: Int? = 5, maxTokens: Double? = nil
  ) -> UsageReport {
    let pool = QuotaPool(id: "us.x", resolution: Self.resolution(quotas, burndown: burndown), series: ["us.x"])
    return UsageCalculation(pool: pool, series: series(counts), maxTokens: maxTokens).report()
  }

  @Test func quotaTokensAreWhatBedrockMeters() throws {
    let report = report(
      [
        .invocations: [0: 2, 5: 1], .inputTokens: [0: 1_000, 5: 400], .outputTokens: [0: 100, 5: 20], .cacheWriteTokens: [5: 7],
        .cacheReadTokens: [5: 9_999], .throttles: [7: 1],
      ], [requests, tokens])
    let totals = try #require(report.totals)
    #expect(totals.quotaTokens == 2_007)
    #expect(totals.demand == 4 && totals.throttleRate == 0.25)
    #expect(report.points.map(\.quotaTokens) == [1_500, 507, 0])
    #expect(report.points.map(\.atSeconds) == [0, 5, 7].map { Self.window.startSeconds + $0 * 60 })
    let peak = try #require(report.peaks.first { $0.measure == .tpm })
    #expect(peak.value == 1_500 && peak.atSeconds == Self.window.startSeconds && peak.utilization == 0.15 && peak.p50 == 507)
    #expect(report.notes.isEmpty)
  }

  @Test func anUnknownBurndownIsNotGuessed() {
    let counts: [UsageMetric: [Int: Double]] = [.invocations: [0: 1], .inputTokens: [0: 10], .outputTokens: [0: 10]]
    let unknown = report(counts, [tokens], burndown: nil)
    #expect(unknown.totals?.quotaTokens == nil && unknown.points[0].quotaTokens == nil)
    #expect(unknown.peaks.first { $0.measure == .tpm }?.utilization == nil)
    let told = report(counts.merging([.estimatedQuotaTokens: [0: 60]]) { $1 }, [tokens], burndown: nil)
    #expect(told.totals?.quotaTokens == 60 && told.notes.count == 1)
  }

  /// As of an imported model, or of one that draws: CloudWatch has its requests and nothing else.
  @Test func tokensThatNobodyCountsAreUnknown() throws {
    let only = report([.invocations: [0: 6, 1: 2], .throttles: [3: 1]], [requests, tokens], maxTokens: 100)
    let totals = try #require(only.totals)
    #expect(totals.invocations == 8 && totals.inputTokens == nil && totals.outputTokens == nil && totals.cacheReadTokens == nil)
    #expect(totals.cacheWriteTokens == nil && totals.quotaTokens == nil && totals.averageInputTokens == nil)
    #expect(only.points.allSatisfy { $0.inputTokens == nil && $0.outputTokens == nil && $0.quotaTokens == nil })
    #expect(only.parts.map(\.inputTokens) == [nil] && only.parts.map(\.outputTokens) == [nil])
    let peak = try #require(only.peaks.first { $0.measure == .tpm })
    #expect(peak.value == nil && peak.utilization == nil && peak.note?.contains("doesn't count its tokens") == true)
    #expect(only.reservationPeak == nil && only.notes.contains { $0.contains("not their tokens") })
    let workload = try only.workload(preferring: try Workload())
    #expect(workload.inputTokens == nil && workload.outputTokens == nil && workload.cacheReadTokens == 0)
    let told = report([.invocations: [0: 6], .estimatedQuotaTokens: [0: 60]], [tokens])
    #expect(told.totals?.quotaTokens == 60 && told.totals?.inputTokens == nil)
  }

  /// Where nothing was answered, or tokens of one kind were counted, the others were 0.
  @Test func tokensThatWereNotUsedAreZero() {
    for counts in [
      [.throttles: [0: 4]], [.invocations: [0: 2], .serverErrors: [0: 1], .clientErrors: [0: 1]],
      [.invocations: [0: 2], .inputTokens: [0: 0]],
    ] as [[UsageMetric: [Int: Double]]] {
      let totals = report(counts, [tokens]).totals
      #expect(totals?.inputTokens == 0 && totals?.outputTokens == 0 && totals?.cacheWriteTokens == 0 && totals?.quotaTokens == 0)
    }
  }

  @Test func aDifferenceToAWSsOwnSumIsTold() {
    let counts: [UsageMetric: [Int: Double]] = [
      .invocations: [0: 1, 1: 1], .inputTokens: [0: 10, 1: 10], .outputTokens: [0: 10, 1: 10],
    ]
    #expect(report(counts.merging([.estimatedQuotaTokens: [0: 60]]) { $1 }, [tokens]).notes.isEmpty)
    let other = report(counts.merging([.estimatedQuotaTokens: [0: 160, 1: 160]]) { $1 }, [tokens])
    #expect(
      other.totals?.quotaTokens == 120 && other.totals?.countedQuotaTokens == 320 && other.notes.count == 1
        && other.notes[0].contains("2.67 times"))
  }

  @Test func whatThrottledWasFull() {
    let full = report(
      [.invocations: [0: 10], .throttles: [0: 5], .inputTokens: [0: 9_900], .outputTokens: [0: 20]], [requests, tokens])
    #expect(full.binding == .quota(.tpm))
    #expect(full.advice.count == 1 && full.advice[0].contains("L-T can be raised"))
    let requestsFull = report([.invocations: [0: 100], .throttles: [0: 50], .inputTokens: [0: 100]], [requests, tokens])
    #expect(requestsFull.binding == .quota(.rpm) && requestsFull.advice[0].contains("L-R can't be raised"))
  }

  @Test func whatCloudWatchDoesNotShow() throws {
    let report = report(
      [.invocations: [0: 10], .throttles: [0: 5], .inputTokens: [0: 900], .outputTokens: [0: 20]], [requests, tokens],
      maxTokens: 4_000)
    guard case .invisible(let highest) = report.binding else { throw Failure() }
    #expect(abs(highest! - 0.1) < 1e-12)
    #expect(report.advice.contains { $0.contains("max_tokens") && $0.contains("2 output tokens") })
    #expect(report.reservationPeak?.value == 40_900 && report.reservationPeak?.utilization == 4.09)
  }

  @Test func aQuotaOfZero() {
    let report = report([.throttles: [0: 3]], [Self.quota("L-0", "Cross-region model inference tokens per minute", 0)])
    #expect(report.binding == .quota(.tpm) && report.advice[0].contains("Support"))
    #expect(report.peaks.allSatisfy { $0.utilization == nil })
    let verdicts = QuotaCheck().verdicts(on: [report])
    #expect(verdicts.map(\.status) == [.critical, .critical])
  }

  @Test func aDay() throws {
    let day = Quota(
      code: "L-D",
      name: QuotaName("Model invocation max tokens per day for Anthropic Claude Opus 4.7 (doubled for cross-region calls)"),
      appliedValue: 1_000, family: "Claude")
    let all = Quota(code: "L-A", name: QuotaName("Cross-Model Max Tokens Per Day"), appliedValue: 5, family: "General")
    let report = report([.invocations: [0: 1], .inputTokens: [0: 100, 50: 200]], [tokens, day, all])
    let peaks = report.peaks.filter { $0.measure == .tpd }
    #expect(peaks.map(\.value) == [300, nil] && peaks.map(\.quota) == [2_000, 5])
    #expect(peaks[1].utilization == nil && peaks.allSatisfy { $0.note != nil })
  }

  @Test func theWorstTwentyFourHours() throws {
    let window = try UsageWindow(hours: 72, now: Date(timeIntervalSince1970: 1_795_544_340))
    var series = UsageSeries(window: window)
    let times = [10.0, 30, 40, 60].map { Double(window.startSeconds) + $0 * 3_600 }
    series.add([(times, [5, 100, 100, 150])], of: .inputTokens, from: "us.x")
    let day = Quota(
      code: "L-D", name: QuotaName("Global cross-region model inference tokens per day for Anthropic Claude Opus 4.7"),
      appliedValue: 1_000, family: "Claude")
    let pool = QuotaPool(id: "us.x", resolution: Self.resolution([day]), series: ["us.x"])
    let peak = try #require(UsageCalculation(pool: pool, series: series).report().peaks.first { $0.measure == .tpd })
    // 40 h and 60 h lie within 24 hours of each other; 30 h and 40 h hold less.
    #expect(peak.value == 250 && peak.note == nil)
  }

  @Test func noNumbersAndNegativeOnesAreLeftOut() {
    let report = report(
      [.invocations: [0: 4, 1: .nan, 2: -1, 3: .infinity], .inputTokens: [0: 1]], [requests, tokens])
    #expect(report.totals?.invocations == 4 && report.points.count == 1)
    #expect(report.notes.count == 1 && report.notes[0].hasPrefix("3 datapoints of Invocations"))
  }

  @Test func nothingAtAll() {
    let report = report([:], [requests, tokens])
    #expect(report.totals == nil && report.dataUntil == nil && report.points.isEmpty && report.binding == nil)
    #expect(QuotaCheck().verdicts(on: [report]).map(\.status) == [.ok, .ok])
  }

  @Test func thresholds() {
    let counts: [UsageMetric: [Int: Double]] = [
      .invocations: Dictionary(uniqueKeysWithValues: (0..<50).map { ($0, $0 == 3 ? 90 : 10) })
    ]
    let report = report(counts, [requests])
    #expect(QuotaCheck().verdicts(on: [report]).map(\.status) == [.warning])
    #expect(QuotaCheck(critical: 0.9).verdicts(on: [report]).map(\.status) == [.critical])
    #expect(QuotaCheck(statistic: .p99).verdicts(on: [report]).map(\.status) == [.ok])
    #expect(QuotaCheck(warning: 0.91).verdicts(on: [report]).map(\.status) == [.ok])
  }

  private struct Failure: Error {}
}
