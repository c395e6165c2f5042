import BedrockQuotas
import Foundation
import QuotaProbe
import Testing

struct ProbeAdviceTests {
  private func advice(_ change: (inout ProbeOptions) -> Void, _ outcome: ProbeOutcome, spelling: ParameterSpelling) throws
    -> String
  {
    var options = ProbeOptions()
    change(&options)
    var search = ProbeSearch(options: options, prior: ProbePrior(tokensPerMinute: 1_000_000), at: 0)
    ProbeStopTests.run(&search) { _, _ in outcome }
    let resolution = try ProbeStopTests.resolution(rpm: nil, tpm: 1_000_000)
    let report = ProbeReport(search, resolution: resolution, startedAt: .distantPast, origin: 0, spelling: spelling)
    return report.advice.joined(separator: "\n")
  }

  /// Accepted trials show what the quota holds, not how fast it is refilled: the bucket of this service is never refilled at all.
  @Test(arguments: [ProbeOptions.Mode.steps, .search], [nil, QuotaMeasure.rpm, .tpm])
  func acceptedTrialsShowNoRate(mode: ProbeOptions.Mode, measure: QuotaMeasure?) throws {
    let text = try advice(
      {
        $0.mode = mode
        $0.measure = measure
        $0.requestsMax = 160
      }, .accepted(quotaTokens: 500), spelling: .swift)
    #expect(text.contains("Nothing was throttled") && text.contains("doesn't show how fast the quota is refilled"))
    #expect(!text.contains("per minute") && !text.contains("limit is at least"))
  }

  /// What a cap cut short is not called a finding.
  @Test
  func aCapWithoutAFindingIsUnclear() throws {
    var options = ProbeOptions(measure: .rpm)
    options.requestsMax = 12
    var search = ProbeSearch(options: options, prior: ProbePrior(requestsPerMinute: 100), at: 0)
    ProbeStopTests.run(&search) { id, _ in id < 5 ? .accepted(quotaTokens: 16) : .throttled(.requests) }
    let resolution = try ProbeStopTests.resolution(rpm: 100, tpm: nil)
    let report = ProbeReport(search, resolution: resolution, startedAt: .distantPast, origin: 0)
    #expect(report.advice.first?.contains("before the limit was known, so it is unclear") == true)
  }

  /// Trials that failed before one was throttled don't shorten the two minutes.
  @Test
  func alwaysThrottledMeansTwoMinutes() throws {
    var search = ProbeSearch(options: ProbeOptions(), prior: ProbePrior(requestsPerMinute: 100), at: 0)
    let (_, _, seconds) = ProbeStopTests.run(&search) { id, _ in id < 3 ? .lost : .throttled(.requests) }
    #expect(search.stop == .alwaysThrottled && seconds > 125)
  }

  private static let dashed = ParameterSpelling { "--\($0)" }

  @Test
  func namesParametersAsItIsTold() throws {
    func held(_ spelling: ParameterSpelling) throws -> String {
      try advice({ $0.byReservation = true }, .accepted(quotaTokens: 900), spelling: spelling)
    }
    #expect(try held(Self.dashed).contains("Without --byReservation the probe uses the quota up instead."))
    #expect(try held(.swift).contains("Without byReservation the probe"))
  }

  /// The library itself names no option of a command line.
  @Test(
    arguments: [
      .denied("no"), .invalid("no"), .capacity, .lost, .throttled(.tokensPerDay), .throttled(.requests),
      .accepted(quotaTokens: 900),
    ] as [ProbeOutcome], [false, true])
  func namesNoOption(outcome: ProbeOutcome, byReservation: Bool) throws {
    let text = try advice(
      {
        $0.byReservation = byReservation
        $0.requestsMax = 100
      }, outcome, spelling: .swift)
    #expect(!text.isEmpty && !text.contains("--"))
  }

  // MARK: The factor of max_tokens

  private func factorAdvice(
    quota: Double = 100_000, replyMax: Int = 64_000, _ answer: (Int, TrialSize) -> ProbeOutcome
  ) throws -> String {
    var options = ProbeOptions()
    options.burndown = 5
    options.replyTokensMax = replyMax
    let resolution = try ProbeStopTests.resolution(rpm: nil, tpm: quota)
    options = options.bounded(resolution)
    var search = ProbeSearch(options: options, prior: ProbePrior(resolution), at: 0)
    ProbeStopTests.run(&search, answer: answer)
    let report = ProbeReport(search, resolution: resolution, startedAt: .distantPast, origin: 0)
    return report.advice.joined(separator: "\n")
  }

  private func passes(_ holds: Int, _ factor: Int) -> (Int, TrialSize) -> ProbeOutcome {
    { _, size in
      size.inputTokens + factor * size.maxTokens <= holds ? .accepted(quotaTokens: size.inputTokens + 10) : .throttled(.tokens)
    }
  }

  @Test
  func aFactorWithItsEvidence() throws {
    let burndown = try factorAdvice(passes(100_000, 5))
    #expect(
      burndown.contains("input + 5 × max_tokens") && burndown.contains("if max_tokens counted once, it would have been throttled")
    )
    #expect(burndown.contains("agrees with the quota of 100,000 (L-tokens)"))
    let once = try factorAdvice(replyMax: 128_000, passes(100_000, 1))
    #expect(once.contains("input + max_tokens.") && once.contains("if max_tokens counted 5 times, it would have passed"))
    let half = try factorAdvice(passes(50_000, 5))
    #expect(half.contains("input + 5 × max_tokens") && half.contains("of the quota of 100,000 (L-tokens): others use a part"))
    let together = try factorAdvice(quota: 400_000, passes(400_000, 1))
    #expect(together.contains("3 requests in flight at once") && together.contains("isn't shown"))
  }

  @Test
  func aFactorThatCantBeTold() throws {
    func holds(_ text: String, _ words: String) {
      #expect(text.contains(words) && text.contains("between 1 and 5 times"), "\(text)")
    }
    holds(try factorAdvice(quota: 5_000_000, passes(5_000_000, 5)), "33 in flight at once")
    holds(
      try factorAdvice(quota: 400_000) { id, _ in id == 4 ? .throttled(.tokens) : .accepted(quotaTokens: 20) },
      "not several times")
    holds(try factorAdvice { id, _ in id == 0 ? .accepted(quotaTokens: 20) : .throttled(.unknown) }, "too small to decide")
    holds(try factorAdvice { id, _ in id == 0 ? .accepted(quotaTokens: 20) : .capacity }, "12 requests were not enough")
    holds(try factorAdvice { _, _ in .accepted(quotaTokens: 900) }, "An answer kept 900 quota tokens")
    var count = 0
    let noisy = try factorAdvice { id, size in
      count += size.inputTokens > 20 ? 1 : 0
      return count > 0 && size.inputTokens < 20 ? .throttled(.tokens) : passes(100_000, 5)(id, size)
    }
    holds(noisy, "passed once and was throttled once")
    #expect(try factorAdvice { _, size in .accepted(quotaTokens: size.inputTokens) }.contains("between 1 and 5") == false)
  }
}
