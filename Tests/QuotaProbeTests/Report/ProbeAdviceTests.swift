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
}
