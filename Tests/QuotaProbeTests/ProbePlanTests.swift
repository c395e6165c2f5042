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
}
