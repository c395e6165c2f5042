import AdmissionSimulation
package import BedrockEmulator
package import BedrockQuotas
package import QuotaProbe

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A service to probe, drawn from a seed, and the truth about it.
package struct ProbeScenario: Sendable {
  package var seed: UInt64
  package var semantics: QuotaSemantics
  /// Per minute, as enforced.
  package var requestsPerMinute: Double
  package var tokensPerMinute: Double
  /// Share of both quotas that foreign traffic uses.
  package var foreignShare: Double
  /// Seconds of a reply, give or take a tenth.
  package var latency: Double
  package var tokensPerRequest: Int
  /// What the probe is told of the quotas: wrong by up to a factor of 2, or nothing.
  package var prior: ProbePrior
  /// Seconds of foreign traffic before the probe starts.
  package var rest: Double
  /// Whether 429s name their quota.
  package var hasWords = true
  /// Mean seconds of a request on the network; uniform from 0 to twice that.
  package var jitter = 0.0
  /// How many requests may run concurrently; nil: any number.
  package var concurrent: Int?
  /// How often max_tokens count while a request runs, and output tokens in the end.
  package var reservationFactor = ReservationFactor.one
  package var burndown = 1
  /// The largest max_tokens that the model takes.
  package var replyTokensMax = 4_096

  package init(seed: UInt64) {
    var dice = Random(seed: seed &* 0x2545_F491_4F6C_DD1D)
    self.seed = seed
    semantics = dice.pick(QuotaSemantics.all)
    foreignShare = dice.unit() < 0.25 ? 0 : dice.within(0...0.3)
    rest = dice.within(70...700)
    repeat {
      requestsPerMinute = dice.logWithin(20...20_000).rounded()
      tokensPerMinute = dice.logWithin(10_000...10_000_000).rounded()
      tokensPerRequest = dice.pick([16, 60, 200, 500, 2_000])
    } while !Self.isSensible(semantics, requestsPerMinute, tokensPerMinute / Double(tokensPerRequest))
    let limit = min(requestsPerMinute, tokensPerMinute / Double(tokensPerRequest))
    latency = dice.logWithin(0.2...(limit > 10_000 ? 2 : 4))
    let (wrongRequests, wrongTokens) = (dice.logWithin(0.5...2), dice.logWithin(0.5...2))
    let (knowsRequests, knowsTokens) = (dice.unit() < 0.85, dice.unit() < 0.85)
    prior = ProbePrior(
      requestsPerMinute: knowsRequests ? (requestsPerMinute * wrongRequests).rounded() : nil,
      tokensPerMinute: knowsTokens ? (tokensPerMinute * wrongTokens).rounded() : nil)
  }

  /// A scenario in which only tokens bind, and the quota can be filled by reservation.
  package static func held(seed: UInt64) -> ProbeScenario {
    var scenario = ProbeScenario(seed: seed)
    var dice = Random(seed: seed &* 0x9E6D_62D0_6F6A_9A9B)
    scenario.requestsPerMinute = 10_000_000
    scenario.tokensPerRequest = 500
    scenario.tokensPerMinute = dice.logWithin(50_000...20_000_000).rounded()
    scenario.latency = dice.logWithin(0.2...2)
    // Limits of real models; a small reply is too small a part of a large quota.
    repeat {
      scenario.replyTokensMax = dice.pick([4_096, 8_192, 10_000, 64_000, 128_000])
    } while scenario.tokensPerMinute / Double(scenario.replyTokensMax) > 250
    let isKnown = dice.unit() < 0.85
    scenario.prior = ProbePrior(
      tokensPerMinute: isKnown ? (scenario.tokensPerMinute * dice.logWithin(0.5...2)).rounded() : nil)
    scenario.jitter = dice.pick([0, 0.005, 0.015])
    return scenario
  }

  /// A scenario in which the number of concurrent requests binds.
  package static func together(seed: UInt64) -> ProbeScenario {
    var scenario = ProbeScenario(seed: seed)
    var dice = Random(seed: seed &* 0x4F2B_97C1_D3A5_6E8D)
    (scenario.requestsPerMinute, scenario.tokensPerMinute) = (10_000_000, 100_000_000)
    scenario.foreignShare = 0
    scenario.concurrent = Int(dice.logWithin(1...800))
    scenario.latency = dice.logWithin(0.2...10)
    scenario.jitter = dice.pick([0, 0.005])
    scenario.hasWords = dice.unit() < 0.5
    return scenario
  }

  /// A scenario in which max_tokens count once or as often as output tokens, and the quota and the maximum output are those of real
  /// models, in any combination.
  package static func factor(seed: UInt64) -> ProbeScenario {
    var scenario = ProbeScenario(seed: seed)
    var dice = Random(seed: seed &* 0x7A3D_11E5_90C4_B2F7)
    scenario.requestsPerMinute = 10_000
    scenario.tokensPerRequest = 16
    scenario.reservationFactor = dice.pick(ReservationFactor.allCases)
    scenario.burndown = dice.pick([5, 10, 15])
    scenario.replyTokensMax = dice.pick([4_096, 8_192, 10_000, 32_000, 64_000, 128_000])
    scenario.tokensPerMinute = dice.logWithin(20_000...5_000_000).rounded()
    // One that debits late reserves nothing, so it has no factor.
    scenario.semantics = dice.pick(QuotaSemantics.all.filter { !$0.isLate })
    scenario.foreignShare = 0
    scenario.latency = dice.logWithin(0.3...2)
    scenario.jitter = dice.pick([0, 0.005, 0.015])
    scenario.hasWords = dice.unit() < 0.8
    // Half of the services enforce what is applied.
    let wrong = dice.unit() < 0.5 ? 1 : dice.logWithin(0.5...2)
    scenario.prior = ProbePrior(
      requestsPerMinute: scenario.requestsPerMinute,
      tokensPerMinute: dice.unit() < 0.95 ? (scenario.tokensPerMinute * wrong).rounded() : nil)
    return scenario
  }

  /// A bucket must hold at least two requests, or it never accepts its rate; and one of the quotas must bind, not both.
  private static func isSensible(_ semantics: QuotaSemantics, _ requests: Double, _ byTokens: Double) -> Bool {
    let least: Double = semantics == .bucket2 ? 60 : semantics == .bucket5 ? 24 : 20
    return min(requests, byTokens) >= least && abs(log(requests / byTokens)) > 0.1
  }

  package var measure: QuotaMeasure { requestsPerMinute <= tokensPerMinute / Double(tokensPerRequest) ? .rpm : .tpm }
  package var quota: Double { measure == .rpm ? requestsPerMinute : tokensPerMinute }
  /// The rate that foreign traffic leaves, per minute.
  package var sustained: Double { quota * (1 - foreignShare) }
  /// The lowest and highest sustained rate of `soft`, whose swing takes ten minutes.
  package var range: ClosedRange<Double> { quota * (0.8 - foreignShare)...quota * (1.2 - foreignShare) }
  /// What is accepted at once after a rest; nil where no bucket holds it.
  package var burst: Double? {
    switch semantics.name {
    case "bucket5": quota / 12
    case "bucket2": quota / 30
    case "rolling60", "fixed60": nil
    default: quota
    }
  }

  /// How often max_tokens count while a request runs.
  package var factor: Int { reservationFactor.tokens(maxTokens: 1, burndown: burndown) }
  package var semanticsName: String { semantics.name }
  /// Whether the burst is judged as well as the rate.
  package var isPlainBucket: Bool { semantics.name.hasPrefix("bucket") }

  package var description: String {
    "\(semantics.name) \(measure.rawValue) \(Int(quota)) (rpm \(Int(requestsPerMinute)), tpm \(Int(tokensPerMinute))), \(tokensPerRequest) tokens, foreign \(Int((foreignShare * 100).rounded())) %, latency \((latency * 100).rounded() / 100) s"
  }
}
