import AWSWire
import Bedquota
import BedrockQuotas
import Testing

struct AlarmDesignTests {
  private func alarm(_ name: String, in result: AlarmDesign.Result) throws -> MetricAlarm {
    try #require(result.alarms.first { $0.definition.name == AlarmBench.prefix + name }).definition
  }

  /// The expressions and metrics of an alarm by their ids.
  private func queries(_ alarm: MetricAlarm) -> [String: String] {
    Dictionary(
      uniqueKeysWithValues: (alarm.queries ?? []).map { query in
        (query.id, query.expression ?? query.stat.map { "\($0.metric.name ?? "") \($0.metric.dimensions?[0].value ?? "")" } ?? "")
      })
  }

  @Test func thresholdsAreSharesOfTheQuotas() throws {
    let result = AlarmBench.design(settings(0.7))
    #expect(result.alarms.map(\.definition.name) == ["rpm", "tpm", "throttles"].map { AlarmBench.prefix + $0 })
    #expect(result.alarms.map(\.definition.threshold) == [70, 7_000, 0])
    #expect(result.leftOut.isEmpty)
    let throttles = try alarm("throttles", in: result)
    #expect(throttles.comparison == "GreaterThanThreshold" && throttles.missingData == "notBreaching")
  }

  /// Counts are whole numbers: a threshold a little above one would go off a request late.
  @Test(arguments: [(0.55, 200.0, 110.0), (0.07, 200, 14), (0.333, 1_600_000, 532_800), (0.001, 1e13, 1e10), (1, 0.5, 0.5)])
  func thresholdsHaveNoErrorOfBinaryFractions(share: Double, value: Double, threshold: Double) throws {
    let quota = UsageBench.quota("L-R", "Cross-region model inference requests per minute", value)
    let result = AlarmBench.design(AlarmBench.pool([quota]), settings(share))
    #expect(try alarm("rpm", in: result).threshold == threshold)
  }

  private func settings(_ share: Double) -> AlarmSettings { AlarmSettings(share: share) }

  @Test func tokensAreTheHigherOfFormulaAndEstimate() throws {
    let found = queries(try alarm("tpm", in: AlarmBench.design()))
    #expect(
      found == [
        "input1": "InputTokenCount us.x", "written1": "CacheWriteInputTokenCount us.x", "output1": "OutputTokenCount us.x",
        "estimated1": "EstimatedTPMQuotaUsage us.x", "prompt": "SUM([FILL(input1, 0), FILL(written1, 0)])",
        "reply": "5 * SUM([FILL(output1, 0)])", "formula": "SUM([prompt, reply])", "estimate": "SUM([FILL(estimated1, 0)])",
        "tokens": "MAX([formula, estimate])",
      ])
  }

  @Test func demandIsAcceptedAndThrottled() throws {
    let found = queries(try alarm("rpm", in: AlarmBench.design()))
    #expect(found["requests"] == "SUM([FILL(accepted1, 0), FILL(throttled1, 0)])")
    #expect(found["accepted1"] == "Invocations us.x" && found["throttled1"] == "InvocationThrottles us.x")
  }

  @Test func ofTwoNamesTheListedOneCounts() throws {
    let listing = AlarmBench.listing(names: ["Invocations", "CacheWriteInputTokens"])
    let found = queries(try alarm("tpm", in: AlarmBench.design(listing: listing)))
    #expect(found["written1"] == "CacheWriteInputTokens us.x")
  }

  @Test(arguments: [(nil, 1), (5, 3), (nil, 10)])
  func withoutTheFormulaTheEstimateCountsAlone(burndown: Int?, series: Int) throws {
    let names = (1...series).map { "s\($0)" }
    let alarm = try alarm("tpm", in: AlarmBench.design(AlarmBench.pool(series: names, burndown: burndown)))
    let metrics = (alarm.queries ?? []).compactMap(\.stat?.metric.name)
    #expect(metrics == names.map { _ in "EstimatedTPMQuotaUsage" })
    #expect(alarm.description?.contains("alone") == true)
  }

  @Test(arguments: [(5, ["rpm", "tpm", "throttles"]), (10, ["tpm", "throttles"]), (11, [])])
  func noAlarmHasMoreThanTenMetrics(series: Int, names: [String]) {
    let result = AlarmBench.design(AlarmBench.pool(series: (1...series).map { "s\($0)" }))
    #expect(result.alarms.map(\.subject.name) == names)
    #expect(result.alarms.allSatisfy { ($0.definition.queries ?? []).count { $0.stat != nil } <= 10 })
    #expect(result.leftOut.count == 3 - names.count)
    #expect(result.leftOut.allSatisfy { $0.reason.contains("\(series) series") })
  }

  @Test func quotasThatCloudWatchDoesNotShowAreLeftOut() {
    let zero = UsageBench.quota("L-Z", "Cross-region model inference requests per minute", 0)
    let flying = Quota(
      code: "L-C", name: QuotaName("On-demand InvokeModel concurrent requests for Amazon Nova Reel"), appliedValue: 3,
      family: "Nova")
    let result = AlarmBench.design(AlarmBench.pool([zero, UsageBench.tokens, UsageBench.account, flying]))
    #expect(result.alarms.map(\.subject.name) == ["tpm", "throttles"])
    #expect(result.leftOut.map(\.code) == ["L-Z", "L-A", "L-C"])
  }

  @Test func aDayIsOnePeriod() throws {
    let alarm = try alarm("tpd", in: AlarmBench.design(AlarmBench.pool([UsageBench.day])))
    #expect(alarm.evaluationPeriods == 1 && alarm.threshold == 0.8 * 14_400_000)
    #expect((alarm.queries ?? []).compactMap(\.stat?.period).allSatisfy { $0 == 86_400 })
  }

  @Test func anIDWithoutQuotasAndTrafficGetsNothing() {
    let pool = AlarmBench.pool([])
    #expect(AlarmBench.design(pool, listing: SeriesListing()).alarms.isEmpty)
    #expect(AlarmBench.design(pool).alarms.map(\.subject) == [.throttles])
  }

  @Test func descriptionsFitAndSayWhatIsNotSeen() {
    for alarm in AlarmBench.design(AlarmBench.pool([UsageBench.requests, UsageBench.tokens, UsageBench.day])).alarms {
      let text = alarm.definition.description ?? ""
      #expect(text.count <= 1_024 && text.hasSuffix("Made by Bedquota.") && text.allSatisfy(\.isASCII))
      if case .quota(.tpm) = alarm.subject { #expect(text.contains("max_tokens reserves") && text.contains("10,000 (L-T)")) }
    }
  }
}

extension AlarmBench {
  static func design(_ settings: AlarmSettings) -> AlarmDesign.Result { design(pool(), settings) }
}
