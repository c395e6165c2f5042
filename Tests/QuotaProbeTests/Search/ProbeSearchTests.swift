import BedrockEmulator
import BedrockQuotas
import ProbeScenarios
import QuotaProbe
import Testing

/// The search against the emulator's engine on a clock moved by hand. `probe-simulation` does it a hundred times.
struct ProbeSearchTests {
  /// Each of the eight semantics, requests and tokens, such as cost few requests.
  static let seeds: [UInt64] = [2004, 2050, 2014, 2034, 2045, 2039, 2082, 2085, 2038, 2068, 2052, 2098]

  @Test(arguments: seeds)
  func search(seed: UInt64) throws {
    let scenario = ProbeScenario(seed: seed)
    let verdict = ProbeVerdict(scenario)
    let finding = try #require(verdict.finding, "\(scenario.description)")
    #expect(verdict.isRateRight && verdict.isMeasureRight, "\(seed): \(scenario.description), found \(finding)")
    #expect(verdict.covers != false, "\(seed): \(scenario.description), found \(finding)")
    if scenario.isPlainBucket {
      #expect((verdict.burstError ?? 1) <= 0.1, "\(seed): \(scenario.description), found \(finding)")
    }
  }

  /// Where 429s don't say what for, two sizes of requests tell.
  @Test(arguments: Array(seeds.prefix(4)))
  func wordless(seed: UInt64) throws {
    var scenario = ProbeScenario(seed: seed)
    scenario.hasWords = false
    let verdict = ProbeVerdict(scenario)
    #expect(
      verdict.isMeasureRight && verdict.isRateRight,
      "\(seed): \(scenario.description), found \(String(describing: verdict.finding))")
  }

  /// A measure that was asked for is found whatever the typical request is.
  @Test(arguments: [(UInt64(2_058), QuotaMeasure.rpm), (2_045, .tpm), (2_052, .tpm), (2_035, .tpm), (2_082, .rpm)])
  func measure(seed: UInt64, measure: QuotaMeasure) throws {
    var scenario = ProbeScenario(seed: seed)
    scenario.requestsPerMinute = min(scenario.requestsPerMinute, 600)
    var options = ProbeOptions()
    options.measure = measure
    let quota = measure == .rpm ? scenario.requestsPerMinute : scenario.tokensPerMinute
    let prior = ProbePrior(requestsPerMinute: scenario.requestsPerMinute, tokensPerMinute: scenario.tokensPerMinute)
    var server = ProbeServer(scenario)
    var search = ProbeSearch(options: options, prior: prior, at: server.now)
    ProbeDrive.run(&search, &server)
    let finding = try #require(search.finding)
    #expect(finding.measure == measure, "\(scenario.description)")
    let truth = quota * (1 - scenario.foreignShare)
    #expect(abs(finding.ratePerMinute.estimate / truth - 1) < 0.03, "\(scenario.description), found \(finding)")
  }

  /// Held by reservation, for a small part of what a minute of the quota holds.
  @Test(arguments: [5, 6, 14, 16, 19, 27] as [UInt64])
  func held(seed: UInt64) throws {
    let scenario = ProbeScenario.held(seed: seed)
    let verdict = ProbeVerdict(scenario, options: Self.byReservation)
    #expect(
      verdict.stop == .found && verdict.isRateRight && verdict.isMeasureRight && verdict.covers == true,
      "\(seed): \(scenario.description), found \(String(describing: verdict.finding))")
    #expect(Double(verdict.tokens) < scenario.quota / 3)
  }

  /// Four buckets, a small one, and one that takes no notice of reservations: what can't be told is not told.
  @Test(arguments: [(4, .unclear), (9, .unclear), (25, .notHeld)] as [(UInt64, ProbeStop)])
  func notToBeHeld(seed: UInt64, stop: ProbeStop) {
    let verdict = ProbeVerdict(ProbeScenario.held(seed: seed), options: Self.byReservation)
    #expect(verdict.stop == stop && verdict.finding == nil)
  }

  /// What a cap leaves unfinished is no finding.
  @Test(arguments: [3, 8, 17])
  func heldTooShortly(seconds: Int64) {
    var options = Self.byReservation
    options.durationMax = seconds * 1_000_000_000
    let verdict = ProbeVerdict(ProbeScenario.held(seed: 5), options: options)
    #expect(verdict.stop == .durationMax && verdict.finding == nil)
  }

  /// A bucket that is full again when a round begins lets as many in each time; but also later in the round.
  @Test(arguments: [("bucket2", 60.0, 2.0), ("bucket2", 120, 2), ("bucket5", 60, 6)])
  func aBucketIsNoConcurrency(semantics: String, requestsPerMinute: Double, latency: Double) throws {
    var scenario = ProbeScenario.together(seed: 1)
    scenario.semantics = try #require(QuotaSemantics.all.first { $0.name == semantics })
    (scenario.concurrent, scenario.requestsPerMinute, scenario.latency, scenario.jitter) = (nil, requestsPerMinute, latency, 0)
    let verdict = ProbeVerdict(scenario, options: ProbeOptions(measure: .concurrent))
    #expect(verdict.stop == .otherQuota && verdict.concurrency == nil)
  }

  private static var byReservation: ProbeOptions {
    var options = ProbeOptions()
    options.byReservation = true
    return options
  }

  /// Below, at and above the first round.
  @Test(arguments: [1, 7, 8, 9, 63, 400], [0, 0.005])
  func together(concurrent: Int, jitter: Double) throws {
    var scenario = ProbeScenario.together(seed: UInt64(concurrent))
    (scenario.concurrent, scenario.jitter) = (concurrent, jitter)
    let verdict = ProbeVerdict(scenario, options: ProbeOptions(measure: .concurrent))
    let found = try #require(verdict.concurrency)
    #expect(verdict.stop == .found && found.low <= concurrent && concurrent <= found.high ?? .max, "\(found)")
    if jitter == 0 { #expect(found == ProbeConcurrency(low: concurrent, high: concurrent)) }
  }
}
