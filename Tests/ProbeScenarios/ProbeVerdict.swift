import BedrockEmulator
import BedrockQuotas
package import QuotaProbe

/// One scenario probed, and how close the finding is to the truth.
package struct ProbeVerdict: Sendable {
  package var scenario: ProbeScenario
  package var finding: ProbeFinding?
  package var concurrency: ProbeConcurrency?
  package var factor: ProbeFactor?
  package var stop: ProbeStop
  package var requests: Int
  package var seconds: Double
  package var tokens: Int64
  /// What the search might send at most.
  package var bound: ProbePlan.Amount
  package var ladderRequests: Int?
  package var ladderError: Double?

  /// - Parameter laddered: whether the ladder runs too, against the same service.
  package init(_ scenario: ProbeScenario, options given: ProbeOptions = ProbeOptions(), laddered: Bool = false) {
    self.scenario = scenario
    var options = given
    options.tokensPerRequest = scenario.tokensPerRequest
    options.replyTokensMax = scenario.replyTokensMax
    if options.mode == .search, options.measure == nil { options = options.bounded(scenario.prior, concurrent: nil) }
    bound = ProbePlan.Amount(requests: options.requestsMax, tokens: options.tokensMax, seconds: 0)
    var server = ProbeServer(scenario)
    let start = server.now
    var search = ProbeSearch(options: options, prior: scenario.prior, at: start)
    ProbeDrive.run(&search, &server)
    finding = search.finding
    concurrency = search.concurrency
    factor = search.factor
    stop = search.stop ?? .interrupted
    requests = server.received
    seconds = Double(server.now - start) / 1e9
    tokens = search.progress.tokens
    if laddered { climb() }
  }

  private mutating func climb() {
    let size = scenario.tokensPerRequest
    let trial = TrialSize(inputTokens: size - 1)
    let unit = scenario.measure == .rpm ? 1 : Double(size)
    var server = ProbeServer(scenario)
    let perMinute = scenario.sustained / unit
    let ladder = FixedLadder(
      &server, size: trial, perMinute: perMinute, burst: (scenario.burst ?? 0) / unit, latency: scenario.latency)
    ladderRequests = ladder.requests
    ladderError = ladder.estimate.map { abs($0 / perMinute - 1) }
  }

  /// Whether the factor is the service's; nil if none was found.
  package var isFactorRight: Bool? {
    factor?.factor.map { $0 == scenario.factor }
  }

  package var isMeasureRight: Bool { finding?.measure == scenario.measure }
  /// Relative error of the sustained rate; where it swings, error of the range's ends as a share of the quota.
  package var error: Double? {
    guard let finding else { return nil }
    let rate = finding.ratePerMinute
    guard scenario.semantics == .soft else { return abs(rate.estimate / scenario.sustained - 1) }
    guard finding.swings else { return nil }
    return max(abs(rate.low - scenario.range.lowerBound), abs(rate.high - scenario.range.upperBound)) / scenario.quota
  }
  package var isRateRight: Bool { (error ?? 1) <= 0.03 }
  /// Whether the interval covers the truth; nil where the rate swings.
  package var covers: Bool? {
    guard scenario.semantics != .soft else { return nil }
    return finding.map { $0.ratePerMinute.low <= scenario.sustained && scenario.sustained <= $0.ratePerMinute.high } ?? false
  }
  /// Relative error of the burst; nil where no bucket holds the quota.
  package var burstError: Double? {
    scenario.burst.map { truth in finding?.burst.map { abs($0 / truth - 1) } ?? 1 }
  }
}
