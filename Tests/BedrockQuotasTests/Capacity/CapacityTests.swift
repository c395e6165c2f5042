import BedrockQuotas
import Testing

/// Capacity at the edges; Tests/BedquotaTests/Capacity/CapacitySimulationTests.swift compares the middle with the emulator.
struct CapacityTests {
  /// The capacity under an inference profile's quotas, by measure.
  private func capacity(
    _ workload: Workload, scope: String = "Cross-region", rpm: Double? = nil, tpm: Double? = nil, tpd: Double? = nil,
    adjustable: Bool? = true, maxOutput: Int? = nil, window: Int? = nil, burndown: Int? = 1
  ) throws -> Capacity {
    var quotas: [Quota] = []
    func add(_ name: String, _ value: Double?) {
      guard let value else { return }
      quotas.append(
        Quota(
          code: "L-\(quotas.count + 1)", name: QuotaName(name), appliedValue: value, adjustable: adjustable, family: "Rocket"))
    }
    add("\(scope) model inference requests per minute for Acme Rocket", rpm)
    add("\(scope) model inference tokens per minute for Acme Rocket", tpm)
    add("Model invocation max tokens per day for Acme Rocket (doubled for cross-region calls)", tpd)
    let id = scope == "On-demand" ? "acme.rocket-v1:0" : "us.acme.rocket-v1:0"
    var resolution = QuotaResolver(quotas: quotas).resolve(try #require(InvokedID(id)))
    try #require(resolution.quotas.count == quotas.count)
    (resolution.maxOutputTokens, resolution.contextWindow, resolution.outputBurndown) = (maxOutput, window, burndown)
    return Capacity(of: workload, under: resolution)
  }

  @Test func theWorkloadOfTheDocumentation() throws {
    let workload = try Workload(inputTokens: 3_000, outputTokens: 500, latency: 7)
    let fat = try capacity(workload, tpm: 2_000_000, maxOutput: 64_000)
    #expect(fat.cost.reservation == 67_000 && fat.cost.final == 3_500 && fat.requestsAtOnce == 29)
    #expect(try #require(fat.requestsPerMinute) == 2_000_000 / 3_500.0)
    #expect(try #require(fat.tokensPerMinute).rounded() == 2_000_000)
    // The formula of the rolling window says 32.1 %; that the last request must fit as a whole costs half a point.
    #expect(abs(try #require(fat.rolling?.share) - 0.32) < 0.006)
    let advice = try #require(fat.advice().first)
    #expect(
      advice.hasPrefix(
        "max_tokens is unset: each request reserves 67k tokens for 7 s, so at most 29 can be in flight on 2M TPM; with 1,000 it is 500."
      ))
    #expect(advice.contains("leaves 32 % of the quota"))
    #expect(fat.advice().contains { $0.contains("L-1 (tpm) is what binds, and Service Quotas takes") })

    let lean = try capacity(
      Workload(inputTokens: 3_000, outputTokens: 500, maxTokens: 1_000, latency: 7), tpm: 2_000_000, maxOutput: 64_000)
    #expect(lean.requestsAtOnce == 500 && !lean.advice().contains { $0.contains("in flight") })
    let even: Double = 60 * 3_500 / (60 * 3_500 + 7 * 500)
    #expect(abs(try #require(lean.rolling?.share) - even) < 1e-9)
  }

  /// Five fit into the quota at once, and seven cost it.
  @Test(arguments: [(0, 6...6), (7, 5...7), (60, 5...5), (90, 5...5)] as [(Double, ClosedRange<Double>)])
  func wholeRequests(latency: Double, rolling: ClosedRange<Double>) throws {
    let result = try capacity(
      Workload(inputTokens: 1_000, outputTokens: 400, maxTokens: 1_000, latency: latency), tpm: 10_000)
    let perMinute = try #require(result.rolling?.requestsPerMinute)
    #expect(result.requestsAtOnce == 5 && rolling.contains(perMinute))
    #expect(abs(try #require(result.requestsPerMinute) - 10_000 / 1_400.0) < 0.1)
  }

  @Test func withoutALatency() throws {
    let result = try capacity(Workload(inputTokens: 1_000, outputTokens: 400, maxTokens: 1_000), tpm: 10_000)
    #expect(result.requestsPerMinute == 10_000 / 1_400.0 && result.rolling == nil)
    #expect(result.advice().contains { $0.contains("latency") })
  }

  @Test func nothingEverPasses() throws {
    let workload = try Workload(inputTokens: 3_000, outputTokens: 500, maxTokens: 64_000, latency: 7)
    let small = try capacity(workload, rpm: 100, tpm: 50_000)
    #expect(small.requestsPerMinute == 0 && small.binding?.measure == .tpm && small.requestsAtOnce == 0)
    #expect(small.advice().contains { $0.contains("none is ever admitted; with max_tokens of at most 47k it fits") })
    for (rpm, tpm) in [(0.0, 50_000.0), (100, 0)] {
      let none = try capacity(workload, rpm: rpm, tpm: tpm)
      #expect(none.requestsPerMinute == 0 && none.rolling?.requestsPerMinute == 0)
      #expect(
        none.advice().contains { $0.contains("is 0: this account may not use the model. It is adjustable: request an increase") })
    }
    // No sizes are needed to know that.
    #expect(try capacity(Workload(), rpm: 100, tpm: 0).requestsPerMinute == 0)
  }

  /// What many new accounts have: per-minute quotas as usual, and no tokens per day.
  @Test(arguments: [
    (true, "request an increase"), (false, "open a case with AWS Support, or use another model"), (nil, "may be adjustable"),
  ])
  func aDayWithoutTokens(adjustable: Bool?, words: String) throws {
    let workload = try Workload(inputTokens: 3_000, outputTokens: 500, maxTokens: 1_000, latency: 7)
    for workload in [workload, try Workload()] {
      let none = try capacity(workload, rpm: 1, tpm: 1e6, tpd: 0, adjustable: adjustable)
      #expect(none.requestsPerMinute == 0 && none.requestsPerDay == 0 && none.rolling?.requestsPerMinute == 0)
      #expect(none.binding?.measure == .tpd && none.binding?.code == "L-3" && none.binding?.requestsPerDay == 0)
      #expect(none.advice().contains { $0.hasPrefix("L-3 (tokens per day) is 0") && $0.contains(words) })
    }
  }

  @Test func aDayThatIsTooSmallForARequest() throws {
    let workload = try Workload(inputTokens: 3_000, outputTokens: 500, maxTokens: 1_000)
    let none = try capacity(workload, rpm: 10, tpm: 1e6, tpd: 1_000, adjustable: false)
    #expect(none.requestsPerMinute == 0 && none.binding?.measure == .tpd && none.requestsPerDay == 0)
    #expect(
      none.advice().contains { $0.contains("L-3") && $0.contains("none is ever admitted") && $0.contains("not adjustable") })
  }

  /// The quota over all models is accounted by price, but 0 is 0 at any price.
  @Test func noTokensForTheWholeAccount() throws {
    let names = ["Cross-region model inference tokens per minute for Acme Rocket", "Cross-Model Max Tokens Per Day"]
    let quotas = zip(names, [1e6, 0] as [Double]).map { name, value in
      Quota(code: "L-\(value)", name: QuotaName(name), appliedValue: value, adjustable: false, family: "x")
    }
    let resolution = QuotaResolver(quotas: quotas).resolve(try #require(InvokedID("us.acme.rocket-v1:0")))
    let none = Capacity(of: try Workload(), under: resolution)
    #expect(none.requestsPerMinute == 0 && none.binding?.code == "L-0.0")
    #expect(none.advice().contains { $0.hasPrefix("L-0.0 (tokens per day) is 0") })
  }

  @Test func whatIsNotKnownStaysUnknown() throws {
    let workload = try Workload(inputTokens: 3_000, outputTokens: 500, latency: 7)
    let burndown = try capacity(workload, rpm: 100, tpm: 1e6, maxOutput: 4_000, burndown: nil)
    #expect(burndown.cost.final == nil && burndown.requestsPerMinute == nil && burndown.tokensPerMinute == nil)
    #expect(burndown.limits[0].requestsPerMinute == 100 && burndown.advice().contains { $0.contains("outputBurndown") })
    // A bucket gives back whatever was reserved; a window that rolls doesn't.
    let output = try capacity(workload, tpm: 1e6)
    #expect(output.cost.reservation == nil && output.requestsPerMinute == 1e6 / 3_500 && output.rolling == nil)
    #expect(output.advice().contains { $0.contains("maxTokens") })
    let sizes = try capacity(Workload(), rpm: 100, tpm: 1e6, maxOutput: 4_000)
    #expect(sizes.requestsPerMinute == nil && sizes.cost.reservedOutput == 4_000)
    #expect(sizes.advice() == ["Give inputTokens, outputTokens, latency for the rates that a workload reaches."])
    let spelling = ParameterSpelling { "the field \($0)" }
    #expect(sizes.advice(spelling: spelling)[0].hasPrefix("Give the field inputTokens, the field outputTokens,"))
  }

  @Test func concurrency() throws {
    let workload = try Workload(inputTokens: 1_000, outputTokens: 500, maxTokens: 1_000, concurrency: 10, latency: 7)
    let result = try capacity(workload, rpm: 200, tpm: 1e6)
    #expect(result.requestsPerMinute == 600 / 7.0 && result.binding?.measure == .concurrent && result.binding?.code == nil)
    #expect(
      result.advice().contains("10 requests in flight reach 85.7 requests per minute; 24 would reach the 200 of rpm (L-1)."))
    let timeless = try capacity(
      Workload(inputTokens: 1_000, outputTokens: 500, maxTokens: 1_000, concurrency: 10), rpm: 200, tpm: 1e6)
    #expect(timeless.binding?.measure == .rpm && timeless.advice().contains { $0.contains("what concurrency allows") })
  }

  @Test func theDay() throws {
    let workload = try Workload(inputTokens: 1_000, outputTokens: 0, maxTokens: 1_000)
    let doubled = try capacity(workload, tpm: 100_000, tpd: 12_000_000)
    #expect(doubled.requestsPerDay == 24_000 && doubled.hoursUntilDayIsUsedUp == 4)
    let day = try #require(doubled.limits.last)
    #expect(day.quota == 24_000_000 && day.appliedValue == 12_000_000)
    #expect(doubled.advice().contains { $0.contains("applied value 12,000,000") && $0.contains("effective value is 24,000,000") })
    #expect(doubled.advice().contains { $0.contains("used up after 4 hours") })
    let single = try capacity(workload, scope: "On-demand", tpm: 100_000, tpd: 12_000_000)
    #expect(single.requestsPerDay == 12_000 && single.hoursUntilDayIsUsedUp == 2)
    let enough = try capacity(workload, tpm: 100_000, tpd: 144_000_000)
    #expect(enough.requestsPerDay == 144_000 && enough.hoursUntilDayIsUsedUp == nil)
  }

  @Test func whatTheModelWouldRefuse() throws {
    let workload = try Workload(inputTokens: 250_000, outputTokens: 70_000, maxTokens: 65_000)
    let advice = try capacity(workload, tpm: 1e9, maxOutput: 64_000, window: 200_000).advice().joined(separator: "\n")
    for text in ["doesn't fit into the context window of 200k", "64k tokens at most, not 70k", "max_tokens of 65k is above"] {
      #expect(advice.contains(text))
    }
  }

  @Test func aQuotaThatCannotGrow() throws {
    let workload = try Workload(inputTokens: 1_000, outputTokens: 500, maxTokens: 1_000)
    let fixed = try capacity(workload, scope: "On-demand", rpm: 10, tpm: 1e6, adjustable: false)
    let text = fixed.advice(busyShare: 0.9).joined(separator: "\n")
    #expect(text.contains("can't be raised: an inference profile") && text.contains("leaves 2 % of the tokens per minute in use"))
    #expect(text.contains("runs 90 % of the time") && !fixed.advice().contains { $0.contains("worth a look") })
  }

  @Test func sizesAtTheirEnds() throws {
    let most = Workload.tokensMax
    let workload = try Workload(
      inputTokens: most, outputTokens: most, cacheReadTokens: most, cacheWriteTokens: most, maxTokens: most,
      concurrency: Workload.concurrencyMax, latency: Workload.latencyMax)
    let cost = RequestCost(workload, maxOutputTokens: nil, outputBurndown: 1_000)
    #expect(cost.reservation == 4 * most && cost.final == 1_002 * most)
    #expect(try capacity(workload, rpm: 1e300, tpm: 1e300, burndown: 1_000).requestsPerMinute != nil)
    let free = try Workload(inputTokens: 0, outputTokens: 0, cacheReadTokens: 1_000, maxTokens: 1, latency: 1)
    #expect(try capacity(free, rpm: 50, tpm: 1e6).requestsPerMinute == 50)
    #expect(try capacity(free, tpm: 1e6).requestsPerMinute == nil)
  }

  @Test func valuesThatNoWorkloadHas() {
    for wrong in [-1, .min, .max, Workload.tokensMax + 1] {
      #expect(throws: Workload.Problem.self) { try Workload(inputTokens: wrong) }
      #expect(throws: Workload.Problem.self) { try Workload(cacheReadTokens: wrong) }
      #expect(throws: Workload.Problem.self) { try Workload(maxTokens: wrong) }
      #expect(throws: Workload.Problem.self) { try Workload(concurrency: wrong) }
    }
    #expect(throws: Workload.Problem.self) { try Workload(maxTokens: 0) }
    #expect(throws: Workload.Problem.self) { try Workload(concurrency: 0) }
    for wrong in [-1, .nan, .infinity, 86_401] as [Double] {
      #expect(throws: Workload.Problem.self) { try Workload(latency: wrong) }
    }
  }
}
