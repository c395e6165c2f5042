import Bedquota
import BedrockQuotas
import Testing

/// AWS's own count of quota tokens beside ours.
struct QuotaTokenCountsTests {
  /// 20 minutes of 10 requests with 100 input and 20 output tokens each: 2,000 quota tokens a minute with a burndown of 5.
  private func report(metric: Double, throttles: Double? = nil, burndown: Int? = 5) -> UsageReport {
    var counts: [UsageMetric: [Int: Double]] = [
      .invocations: UsageBench.every(0..<20, 10), .inputTokens: UsageBench.every(0..<20, 1_000),
      .outputTokens: UsageBench.every(0..<20, 200), .estimatedQuotaTokens: UsageBench.every(0..<20, metric),
    ]
    counts[.throttles] = throttles.map { UsageBench.every(0..<20, $0) }
    return UsageBench.report(counts, burndown: burndown)
  }

  @Test func theHigherCountIsJudged() throws {
    let report = report(metric: 9_500, throttles: 3.3)
    let peak = try #require(report.peak(.tpm))
    #expect(peak.value == 9_500 && peak.utilization == 0.95 && peak.formulaValue == 2_000 && peak.metricValue == 9_500)
    #expect(report.totals?.quotaTokens == 40_000 && report.totals?.countedQuotaTokens == 190_000)
    #expect(report.totals?.estimatedQuotaTokens == 190_000 && report.countedTokens?.max() == 9_500)
    #expect(report.status == .critical && report.binding == .quota(.tpm))
    // (9,500 − 1,000) / 200
    #expect(report.impliedBurndown == 42.5)
    #expect(report.notes.contains { $0.contains("A burndown of 42.5") && $0.contains("4.75 times") })
    #expect(!(report.notes + report.advice).contains { $0.contains("reserv") })
  }

  @Test func ourCountIsTheHigher() throws {
    let report = report(metric: 1_200)
    let peak = try #require(report.peak(.tpm))
    #expect(peak.value == 2_000 && report.totals?.countedQuotaTokens == 40_000 && report.impliedBurndown == 1)
    #expect(report.notes.contains { $0.contains("unless many requests failed") })
  }

  @Test func countsThatAgreeSayNothing() {
    for metric in [1_985.0, 2_000, 2_015] {
      let report = report(metric: metric)
      #expect(report.notes.isEmpty && report.impliedBurndown == nil && report.peak(.tpm)?.metricValue == nil)
    }
  }

  @Test func aDifferenceThatNoBurndownExplains() {
    let report = UsageBench.report([
      .invocations: [0: 10], .inputTokens: [0: 1_000], .estimatedQuotaTokens: [0: 5_000],
    ])
    #expect(report.impliedBurndown == nil && report.peak(.tpm)?.value == 5_000)
    #expect(report.notes.contains { $0.contains("No burndown explains") })
    let less = UsageBench.report([
      .invocations: [0: 10], .inputTokens: [0: 1_000], .outputTokens: [0: 20], .estimatedQuotaTokens: [0: 500],
    ])
    #expect(less.impliedBurndown == nil && less.notes.contains { $0.contains("requests that failed") })
  }

  /// The metric is younger than the others.
  @Test func onlyMinutesWithBothAreCompared() {
    let report = UsageBench.report([
      .invocations: UsageBench.every(0..<20, 10), .inputTokens: UsageBench.every(0..<20, 1_000),
      .outputTokens: UsageBench.every(0..<20, 200), .estimatedQuotaTokens: UsageBench.every(10..<20, 2_000),
    ])
    #expect(report.notes.isEmpty && report.totals?.countedQuotaTokens == 40_000)
  }

  @Test func withoutABurndownAWSsCountIsAll() {
    let report = report(metric: 9_500, burndown: nil)
    #expect(report.peak(.tpm)?.utilization == 0.95 && report.impliedBurndown == nil && report.notes.count == 1)
  }

  /// Embeddings have no output, so no burndown is needed.
  @Test func withoutOutputTheFormulaNeedsNoBurndown() {
    let report = UsageBench.report([.invocations: [0: 10], .inputTokens: [0: 9_000]], burndown: nil)
    #expect(report.peak(.tpm)?.utilization == 0.9 && report.notes.isEmpty)
  }

  @Test func aQuotaThatIsExceededMostOfTheTime() {
    let report = report(metric: 25_000)
    #expect(report.notes.contains { $0.contains("Most minutes used more than the whole quota") && $0.contains("L-T") })
    // A full bucket admits more than a minute's quota once.
    let once = UsageBench.report([.invocations: UsageBench.every(0..<20, 50).merging([3: 180]) { $1 }])
    #expect(once.status == .critical && !once.notes.contains { $0.contains("Most minutes") })
  }

  /// It is not known whether a reservation counts the burndown.
  @Test func reservationsAreARange() throws {
    let counts: [UsageMetric: [Int: Double]] = [.invocations: [0: 10], .inputTokens: [0: 1_000], .outputTokens: [0: 20]]
    let report = UsageBench.report(counts, maxTokens: 500)
    #expect(report.reservationPeak?.value == 6_000 && report.reservationPeakUpper?.value == 26_000)
    #expect(report.advice.contains { $0.contains("60 % to 260 %") })
    let plain = UsageBench.report(counts, burndown: 1, maxTokens: 500)
    #expect(plain.reservationPeakUpper == nil && plain.advice.isEmpty)
    #expect(UsageBench.report(counts).reservationPeakUpper == nil)
  }
}
