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
}
