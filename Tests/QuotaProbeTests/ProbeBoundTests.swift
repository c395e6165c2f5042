import BedrockQuotas
import Foundation
import ProbeScenarios
import QuotaProbe
import Testing

/// What a plan promises, the search keeps.
struct ProbeBoundTests {
  enum Answers: CaseIterable, Sendable {
    case accepted, long, throttled, lost, failed, mixed

    func outcome(_ id: Int, _ size: TrialSize, _ options: ProbeOptions) -> ProbeOutcome {
      let kept = options.asksForAWord ? 18 : size.reservation
      switch self {
      case .accepted: return .accepted(quotaTokens: kept)
      // The model counts a prompt as three times the tokens that it was estimated to have.
      case .long: return .accepted(quotaTokens: options.asksForAWord ? 100 : 3 * size.reservation)
      case .throttled: return id == 0 ? .accepted(quotaTokens: kept) : .throttled(.tokens)
      case .lost: return id % 4 == 3 ? .lost : .accepted(quotaTokens: nil)
      case .failed: return id % 2 == 1 ? .capacity : .accepted(quotaTokens: kept)
      case .mixed: return id % 3 == 1 ? .throttled(.unknown) : id % 3 == 2 ? .lost : .accepted(quotaTokens: kept)
      }
    }
  }

  private static let modes: [@Sendable (inout ProbeOptions) -> Void] = [
    { _ in }, { $0.measure = .rpm }, { $0.measure = .tpm }, { $0.byReservation = true }, { $0.measure = .concurrent },
    { $0.mode = .steps },
    {
      $0.mode = .steps
      $0.measure = .rpm
    },
    { $0.burndown = 5 },
  ]

  @Test(arguments: 0..<8, Answers.allCases)
  func holds(mode: Int, answers: Answers) throws {
    var options = ProbeOptions()
    Self.modes[mode](&options)
    let resolution = try ProbeStopTests.resolution(rpm: 60, tpm: 60_000)
    options = options.bounded(resolution)
    let most = ProbePlan(resolution, options).most
    var search = ProbeSearch(options: options, prior: ProbePrior(resolution), at: 0)
    var spent: Int64 = 0
    let (sent, _, _) = ProbeStopTests.run(&search) { id, size in
      let outcome = answers.outcome(id, size, options)
      switch outcome {
      case .accepted(let tokens): spent += Int64(tokens ?? size.reservation)
      // The service may have answered it, by reservation with one word.
      case .lost: spent += Int64(options.asksForAWord ? 18 : size.reservation)
      case .throttled, .capacity, .denied, .invalid: break
      }
      return outcome
    }
    #expect(sent <= most.requests, "\(sent) of \(most.requests)")
    #expect(spent <= most.tokens, "\(spent) of \(most.tokens)")
    #expect(search.stop != nil)
  }

  /// A search that needs more trials than its plan has finds nothing, and says so.
  @Test
  func byReservationEndsUnclear() throws {
    // A bucket of two seconds, for which the search sends until its time is up.
    let scenario = ProbeScenario.held(seed: 20)
    var options = ProbeOptions()
    options.byReservation = true
    options.replyTokensMax = scenario.replyTokensMax
    options = options.bounded(ProbePrior(tokensPerMinute: scenario.tokensPerMinute), concurrent: nil)
    options.requestsMax = 500
    var server = ProbeServer(scenario)
    var search = ProbeSearch(options: options, prior: scenario.prior, at: server.now)
    ProbeDrive.run(&search, &server)
    #expect(server.received == options.requestsMax && search.stop == .unclear && search.finding == nil)
    let resolution = try ProbeStopTests.resolution(rpm: nil, tpm: scenario.tokensPerMinute)
    let report = ProbeReport(search, resolution: resolution, startedAt: .distantPast, origin: 0)
    #expect(report.advice.first?.hasPrefix("The bound of the plan was reached") == true)
  }

  /// A cap that the caller chose is neither lowered nor called unclear.
  @Test
  func chosenCapsStay() throws {
    let resolution = try ProbeStopTests.resolution(rpm: 60, tpm: 60_000)
    var options = ProbeOptions()
    options.requestsMax = 100_000
    #expect(options.bounded(resolution, requests: false).requestsMax == 100_000)
    #expect(options.bounded(resolution).requestsMax < 3_000)
    let unknown = try ProbeStopTests.resolution(rpm: nil, tpm: nil)
    #expect(options.bounded(unknown).requestsMax == 100_000)
  }

  /// The trials of steps mode are known, so the plan leaves room only for an opening that doesn't go as expected.
  @Test
  func stepsAreCountedExactly() throws {
    var options = ProbeOptions()
    options.mode = .steps
    let resolution = try ProbeStopTests.resolution(rpm: 60, tpm: nil)
    #expect((151...170).contains(options.bounded(resolution).requestsMax))
  }
}
