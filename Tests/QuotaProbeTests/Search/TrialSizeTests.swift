import BedrockQuotas
import Testing

@testable import QuotaProbe

struct TrialSizeTests {
  /// What is asked for, requests and tokens per minute, and the reservation of the first trial.
  @Test(
    arguments: [
      (nil, 100, 100_000, 500), (.rpm, 100, 100_000, 16), (.concurrent, nil, nil, 16),
      // Ten times the size at which both bind, at most so large that 60 make a minute.
      (.tpm, 1_000, 1_000_000, 10_000), (.tpm, 100, 1_000_000, 20_000), (.tpm, nil, 600_000, 2_500),
      (.tpm, nil, nil, 500), (.tpm, 100_000, 100, 16),
    ] as [(QuotaMeasure?, Double?, Double?, Int)])
  func first(measure: QuotaMeasure?, rpm: Double?, tpm: Double?, reservation: Int) {
    let prior = ProbePrior(requestsPerMinute: rpm, tokensPerMinute: tpm)
    #expect(TrialSize.first(ProbeOptions(measure: measure), prior).reservation == reservation)
  }

  /// By reservation: a twelfth of the quota, between 16 and what the model takes.
  @Test(arguments: [(120_000, 4_096), (12_000, 1_000), (12, 16), (nil, 4_096)] as [(Double?, Int)])
  func held(tpm: Double?, maxTokens: Int) {
    var options = ProbeOptions()
    options.byReservation = true
    let size = TrialSize.first(options, ProbePrior(tokensPerMinute: tpm))
    #expect(size == TrialSize(inputTokens: 15, maxTokens: maxTokens))
  }
}
