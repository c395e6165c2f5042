import BedrockQuotas
import QuotaProbe
import Testing

struct ProbePlanTests {
  private func plan(
    rpm: Double?, tpm: Double?, spelling: ParameterSpelling = .swift, _ change: (inout ProbeOptions) -> Void = { _ in }
  ) throws -> ProbePlan {
    var options = ProbeOptions()
    change(&options)
    return ProbePlan(try ProbeStopTests.resolution(rpm: rpm, tpm: tpm), options, spelling: spelling)
  }

  @Test
  func theBindingQuota() throws {
    let plan = try plan(rpm: 100, tpm: 1_000_000)
    let expected = try #require(plan.expected)
    #expect(plan.measure == .rpm && plan.code == "L-requests" && plan.appliedValue == 100)
    #expect(expected.requests > 300 && expected.requests < 700 && plan.most.requests == 200_000)
    let tokens = try self.plan(rpm: 100, tpm: 1_000_000) { $0.measure = .tpm }
    #expect(tokens.measure == .tpm && tokens.size.reservation > 10_000)
  }

  @Test
  func steps() throws {
    let plan = try plan(rpm: 100, tpm: nil) { $0.mode = .steps }
    // 10 + 20 + 30 + 40 + 50, and the first trial.
    #expect(plan.expected?.requests == 151 && plan.expected?.tokens == 151 * 500 && plan.expected?.seconds == 15)
  }

  @Test
  func warnings() throws {
    let capped = try plan(rpm: 100, tpm: 1_000_000) { $0.requestsMax = 50 }
    #expect(
      capped.warnings.contains { $0.contains("cap on requests") } && !capped.warnings.contains { $0.contains("cap on time") })
    let unknown = try plan(rpm: nil, tpm: nil)
    #expect(unknown.expected == nil && unknown.warnings.contains { $0.contains("No quota per minute is known") })
    #expect(try plan(rpm: 0, tpm: nil).warnings.contains { $0.contains("applied quota is 0") })
  }

  /// A probe that would be much cheaper by reservation says so, in the spelling of its caller.
  @Test
  func theCheaperWay() throws {
    let spelling = ParameterSpelling { "--\($0)" }
    let change = { (options: inout ProbeOptions) in
      options.measure = .tpm
      options.replyTokensMax = 128_000
    }
    let plan = try plan(rpm: nil, tpm: 10_000_000, spelling: spelling, change)
    #expect(plan.warnings.contains { $0.hasPrefix("With --byReservation it would keep about") })
  }

  /// A dozen requests, and the tokens of an answer that is long although a word was asked for: both are said.
  @Test
  func factor() throws {
    func factor(_ tpm: Double?) throws -> ProbePlan {
      try plan(rpm: 100, tpm: tpm) {
        $0.burndown = 5
        $0.replyTokensMax = 64_000
        $0 = $0.bounded(try! ProbeStopTests.resolution(rpm: 100, tpm: tpm))
      }
    }
    let small = try factor(200_000)
    #expect(small.most.requests == 12 && small.measure == .tpm && small.code == "L-tokens")
    #expect(small.most.tokens > 2 * 5 * 64_000 && small.most.tokens < 1_000_000, "two may be in flight at once")
    let text = small.warnings.joined(separator: "\n")
    #expect(text.contains("waits a minute in silence") && text.contains("up to 2 that are in flight") && text.contains("64,000"))
    // Out of the reach of a few requests, so one alone is sent.
    #expect(try factor(50_000_000).most.tokens < 5 * 64_000 + 200_000)
    #expect(try factor(nil).warnings.contains { $0.contains("may stay open") })
  }
}
