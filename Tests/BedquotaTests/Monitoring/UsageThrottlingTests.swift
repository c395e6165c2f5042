import Bedquota
import BedrockQuotas
import Testing

/// What throttled, and how a check judges it.
struct UsageThrottlingTests {
  private let all = [UsageBench.requests, UsageBench.tokens, UsageBench.day, UsageBench.account]

  private func throttling(_ report: UsageReport, _ check: QuotaCheck = QuotaCheck()) -> QuotaCheck.Verdict? {
    check.verdicts(on: [report]).first(where: \.isThrottling)
  }

  @Test func everythingRefusedIsCritical() throws {
    let report = UsageBench.report([.throttles: UsageBench.every(5..<45, 4)], all)
    let verdict = try #require(throttling(report))
    #expect(verdict.status == .critical && verdict.throttleRate == 1 && verdict.throttles == 160)
    #expect(try #require(verdict.note).contains("tokens per day (L-D, L-A)"))
    #expect(report.status == .critical && report.isEverythingRefused)
    let advice = report.advice.joined()
    for text in ["Too many tokens per day", "L-D", "L-A", "AWS Support", "max_tokens"] { #expect(advice.contains(text)) }
  }

  /// The day's tokens last until noon, so to speak; then all is refused.
  @Test func aDayThatIsUsedUp() {
    let report = UsageBench.report(
      [
        .invocations: UsageBench.every(0..<40, 10), .inputTokens: UsageBench.every(0..<40, 1_000),
        .throttles: UsageBench.every(40..<60, 10),
      ], [UsageBench.requests, UsageBench.tokens, UsageBench.account])
    #expect(report.isEverythingRefused && report.status == .critical)
    #expect(report.advice.contains { $0.contains("L-A, which AWS accounts by price") })
  }

  /// Of the day's quota of the model, the window shows enough.
  @Test func aDayThatCloudWatchShows() {
    let day = UsageBench.quota("L-D", "Model invocation max tokens per day", 40_000)
    let report = UsageBench.report(
      [
        .invocations: UsageBench.every(0..<40, 10), .inputTokens: UsageBench.every(0..<40, 1_000),
        .throttles: UsageBench.every(40..<60, 10),
      ], [UsageBench.requests, UsageBench.tokens, day])
    #expect(report.binding == .quota(.tpd) && report.advice[0].contains("tokens per day were used up: L-D"))
  }

  @Test func whatIsAcceptedBetweenIsNotADay() {
    let half = UsageBench.report([
      .invocations: UsageBench.every(0..<60, 10), .inputTokens: UsageBench.every(0..<60, 100),
      .throttles: UsageBench.every(0..<60, 10),
    ])
    #expect(!half.isEverythingRefused && half.advice[0].contains("reservations"))
    // A minute that only throttled, and then requests are accepted again.
    let minute = UsageBench.report([
      .invocations: UsageBench.every(0..<10, 10).merging(UsageBench.every(11..<60, 10)) { $1 }, .throttles: [10: 3],
    ])
    #expect(!minute.isEverythingRefused)
    // The last two minutes, after which nothing was accepted so far.
    let end = UsageBench.report([.invocations: UsageBench.every(0..<58, 10), .throttles: [58: 5, 59: 7]])
    #expect(end.isEverythingRefused)
  }

  @Test(arguments: [(0.5, .ok), (1, .warning), (9, .warning), (10, .critical), (60, .critical)] as [(Double, QuotaCheck.Status)])
  func thresholds(percent: Double, status: QuotaCheck.Status) {
    let report = UsageBench.report([
      .invocations: UsageBench.every(0..<10, 1_000 - 10 * percent), .throttles: UsageBench.every(0..<10, 10 * percent),
    ])
    #expect(throttling(report)?.status == status)
    #expect(throttling(report, QuotaCheck(throttleWarning: 2, throttleCritical: 2))?.status == .ok)
  }

  @Test func withoutThrottlesThereIsNoVerdictOnThem() {
    #expect(throttling(UsageBench.report([.invocations: [0: 10]])) == nil && throttling(UsageBench.report([:])) == nil)
  }

  /// No quota is known, but that everything is refused is.
  @Test func anIdWithoutQuotas() {
    let report = UsageBench.report([.throttles: UsageBench.every(0..<9, 1)], [])
    let result = QuotaCheck().result(of: [report], areNamed: true)
    #expect(result.status == .critical && result.failure != nil)
    #expect(result.verdicts.map(\.status) == [.critical, .unknown])
  }

  /// A new account's quota for all models is 0, or that of a model is.
  @Test(arguments: [0, 1, 2, 3]) func aQuotaOfZeroIsNamed(which: Int) {
    var quotas = all
    quotas[which].appliedValue = 0
    let report = UsageBench.report([.throttles: [0: 3]], quotas)
    let code = quotas[which].code
    #expect(report.advice.count == 1 && report.advice[0].contains("The quota \(code)"))
    let verdicts = QuotaCheck().verdicts(on: [report])
    #expect(verdicts.contains { $0.code == code && $0.status == .critical && $0.quota == 0 })
  }

  @Test func requestsInFlightAreNamed() {
    let concurrent = UsageBench.quota("L-C", "On-demand InvokeModel concurrent requests", 3)
    let report = UsageBench.report(
      [.invocations: UsageBench.every(0..<9, 5), .throttles: UsageBench.every(0..<9, 2)], [concurrent])
    #expect(report.advice.count == 1 && report.advice[0].contains("L-C admits 3 requests in flight"))
  }
}
