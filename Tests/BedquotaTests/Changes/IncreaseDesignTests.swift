import Bedquota
import BedrockQuotas
import Testing

struct IncreaseDesignTests {
  private typealias Minutes = [UsageMetric: [Int: Double]]

  /// 20 minutes of 1,500 quota tokens, and one with `peak`; the quota is 10,000.
  private func report(peak: Double, throttles: Double = 0, quotas: [Quota] = [UsageBench.requests, UsageBench.tokens])
    -> UsageReport
  {
    var counts: Minutes = [
      .invocations: UsageBench.every(0..<20, 5), .inputTokens: UsageBench.every(0..<20, 1_500),
    ]
    counts[.invocations]?[20] = 20
    counts[.inputTokens]?[20] = peak
    if throttles > 0 { counts[.throttles] = [20: throttles] }
    return UsageBench.report(counts, quotas)
  }

  private func plan(
    _ report: UsageReport, _ wish: IncreaseWish = .proposed, history: [IncreaseRecord] = [], region: String = "us-east-1",
    measure: QuotaMeasure? = nil
  ) throws -> IncreasePlan {
    try IncreaseDesign(report, history: history, region: region).plan(wish, measure: measure)
  }

  @Test func thePeakAt80PercentIsProposed() throws {
    let plan = try plan(report(peak: 9_500))
    #expect(plan.quota.code == "L-T" && plan.desiredValue == 12_000 && plan.isSendable)
    let evidence = try #require(plan.evidence)
    #expect(evidence.tokensPerMinute?.steady == 1_500 && evidence.tokensPerMinute?.peak == 9_500)
    #expect(evidence.requestsPerMinute?.steady == 5 && evidence.requestsPerMinute?.peak == 20)
  }

  @Test func throttledRequestsCountAsDemand() throws {
    // 20 accepted and 20 throttled requests, of 39,500 / 120 tokens each, are 13,167.
    #expect(try plan(report(peak: 9_500, throttles: 20)).desiredValue == 17_000)
  }

  @Test func aQuietQuotaGetsNoProposal() throws {
    let plan = try plan(report(peak: 2_000))
    #expect(plan.desiredValue == nil && !plan.isSendable && plan.obstacles.isEmpty)
    #expect(plan.reasons.contains { $0.contains("nothing speaks for an increase") })
  }

  @Test func noTrafficGetsNoProposal() throws {
    let plan = try plan(UsageBench.report([:]))
    #expect(plan.desiredValue == nil && plan.evidence == nil)
    #expect(try self.plan(UsageBench.report([:]), .value(20_000)).isSendable)
  }

  @Test func theDefaultIsTheLeast() throws {
    var quota = UsageBench.tokens
    quota.defaultValue = 50_000
    let plan = try plan(report(peak: 9_500, quotas: [quota]))
    #expect(plan.desiredValue == 50_000 && plan.obstacles.isEmpty)
    #expect(try self.plan(report(peak: 9_500, quotas: [quota]), .value(20_000)).obstacles == [.belowDefault(50_000)])
  }

  @Test func aQuotaOf0GetsTheDefault() throws {
    var quota = UsageBench.tokens
    (quota.appliedValue, quota.defaultValue) = (0, 20_000)
    let refused = UsageBench.report([.throttles: UsageBench.every(0..<20, 3)], [quota])
    for report in [refused, UsageBench.report([:], [quota])] {
      let plan = try plan(report)
      #expect(plan.desiredValue == 20_000 && plan.isSendable)
      #expect(plan.reasons.first?.contains("every request is throttled") == true)
    }
    let multiple = try plan(refused, .factor(2))
    #expect(multiple.desiredValue == nil && multiple.reasons.contains { $0.contains("name a value") })
    quota.defaultValue = 0
    #expect(try plan(UsageBench.report([:], [quota])).desiredValue == nil)
  }

  @Test func aRequestHoldsNoLargerValue() throws {
    let quota = UsageBench.quota("L-T", "Cross-region model inference tokens per minute", 6e9, adjustable: true)
    #expect(try plan(report(peak: 100, quotas: [quota]), .factor(2)).obstacles == [.aboveMaximum])
    #expect(try plan(report(peak: 100, quotas: [quota]), .value(1e10)).obstacles.isEmpty)
  }

  @Test func figuresThatLackAPartAreSaidToBeTooLow() throws {
    var report = report(peak: 9_500)
    #expect(try !plan(report).notes.contains { $0.contains("too low") })
    report.isComplete = false
    #expect(try plan(report).notes.contains { $0.contains("too low") })
  }

  @Test func anHourDoesNotTellTheUseOfADay() throws {
    let plan = try plan(report(peak: 9_500, quotas: [UsageBench.day]))
    #expect(plan.quota.code == "L-D" && plan.desiredValue == nil && plan.evidence?.tokensPerDay == nil)
    #expect(plan.reasons.contains { $0.contains("less than 24 hours") })
  }

  @Test func aFactorMultipliesTheAppliedValue() throws {
    #expect(try plan(report(peak: 100), .factor(1.5)).desiredValue == 15_000)
    #expect(try plan(report(peak: 100), .factor(1.5), measure: .rpm).desiredValue == 150)
    #expect(try plan(report(peak: 100), .value(10_000)).obstacles == [.notAboveApplied(10_000)])
  }

  @Test func theQuotaThatThrottledIsTheOne() throws {
    let report = UsageBench.report([
      .invocations: UsageBench.every(0..<20, 99), .inputTokens: UsageBench.every(0..<20, 10),
      .throttles: UsageBench.every(0..<20, 9),
    ])
    let plan = try plan(report)
    #expect(plan.quota.code == "L-R" && plan.obstacles == [.notAdjustable])
  }

  @Test func anUnknownQuotaIsAnError() {
    // Only a measure that was named can be the mistake.
    for (quotas, measure, parameters) in [([], nil, []), ([UsageBench.tokens], QuotaMeasure.concurrent, ["measure"])] {
      let error = #expect(throws: BedquotaError.self) { try plan(report(peak: 1, quotas: quotas), measure: measure) }
      #expect(error?.parameters == parameters)
    }
  }

  private func record(_ code: String, _ status: String) -> IncreaseRecord { IncreaseRecord(code: code, status: status) }

  @Test(arguments: [("PENDING", true), ("CASE_OPENED", true), ("DENIED", false), ("APPROVED", false), ("CASE_CLOSED", false)])
  func oneOpenRequestPerQuota(status: String, isOpen: Bool) throws {
    let plan = try plan(report(peak: 9_500), history: [record("L-T", status)])
    #expect(plan.obstacles == (isOpen ? [.open(record("L-T", status))] : []))
  }

  @Test(arguments: [("us-east-1", 19, false), ("us-east-1", 20, true), ("me-central-1", 1, false), ("me-central-1", 2, true)])
  func asManyRequestsAsAWSAllows(region: String, count: Int, isFull: Bool) throws {
    let history = (0..<count).map { record("L-\($0)", "PENDING") }
    #expect(try plan(report(peak: 9_500), history: history, region: region).obstacles.isEmpty == !isFull)
  }

  @Test(arguments: [(0.0, 0.0), (1, 1), (99, 99), (101, 110), (1_234_567, 1_300_000), (490_000, 490_000)])
  func valuesAreRoundedUpToTwoDigits(value: Double, rounded: Double) { #expect(IncreaseDesign.rounded(value) == rounded) }
}
