import AdmissionSimulation
import BedrockQuotas
package import QuotaProbe

/// A digest of everything that a search does and finds, so that two versions of it can be compared action by action.
///
/// The last digit of a finding depends on the machine's `exp` and `log`: compare versions on one machine.
package struct ProbeDigest: Sendable {
  /// The kinds of scenario that are compared; together they reach every phase and every way to stop.
  package enum Kind: String, Sendable, CaseIterable {
    case search, wordless, jitter, held, together, rpm, tpm, faulty, steps, capped, interrupted, heldFaulty, togetherFaulty
  }

  package private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325
  package private(set) var requests = 0
  package private(set) var stop: ProbeStop?
  package private(set) var finding: ProbeFinding?
  package private(set) var concurrency: ProbeConcurrency?

  /// Runs the scenario of a kind and a seed to its end.
  package init(_ kind: Kind, seed: UInt64) {
    let (scenario, options, faults) = Self.setup(kind, seed)
    var server = ProbeServer(scenario)
    var search = ProbeSearch(options: options, prior: scenario.prior, at: server.now)
    run(&search, &server, faults: faults, seed: seed, interruptedAfter: kind == .interrupted ? Int(seed % 40) * 30 + 5 : Int.max)
    stop = search.stop
    finding = search.finding
    concurrency = search.concurrency
    add(search)
  }

  private mutating func add(_ search: ProbeSearch) {
    add("\(search.stop?.rawValue ?? "") \(search.concurrency?.low ?? -1) \(search.concurrency?.high ?? -1)")
    for step in search.steps {
      add("\(step.kind.rawValue) \(step.targetRate) \(step.attempted) \(step.succeeded) \(step.throttled) \(step.errors)")
      add(step.startedAt, step.endedAt, step.tokens, step.latenessMax)
    }
    let progress = search.progress
    add("\(progress.step?.rawValue ?? "") \(progress.targetRate) \(progress.sent) \(progress.inFlight) \(progress.tokens)")
    add(Self.text(search.finding))
  }

  private static func setup(_ kind: Kind, _ seed: UInt64) -> (ProbeScenario, ProbeOptions, faults: Double) {
    let isHeld = kind == .held || kind == .heldFaulty
    let isTogether = kind == .together || kind == .togetherFaulty
    var scenario =
      isHeld ? ProbeScenario.held(seed: seed) : isTogether ? ProbeScenario.together(seed: seed) : ProbeScenario(seed: seed)
    var options = ProbeOptions()
    if kind == .wordless || (kind == .faulty && seed % 2 == 0) { scenario.hasWords = false }
    if kind == .jitter { scenario.jitter = 0.015 }
    options.tokensPerRequest = scenario.tokensPerRequest
    options.replyTokensMax = scenario.replyTokensMax
    options.byReservation = isHeld
    switch kind {
    case .together, .togetherFaulty: options.measure = .concurrent
    case .rpm: options.measure = .rpm
    case .tpm: options.measure = .tpm
    case .steps: options.mode = .steps
    case .capped:
      if seed % 3 == 0 { options.requestsMax = 40 + Int(seed) * 7 }
      if seed % 3 == 1 { options.tokensMax = 5_000 + Int64(seed) * 3_000 }
      if seed % 3 == 2 { options.durationMax = (5 + Int64(seed) * 2) * 1_000_000_000 }
      options.inFlightMax = 50
    default: break
    }
    let isFaulty = kind == .faulty || kind == .heldFaulty || kind == .togetherFaulty
    return (scenario, options, isFaulty ? [0.01, 0.05, 0.3, 0.6][Int(seed % 4)] : 0)
  }

  private mutating func run(
    _ search: inout ProbeSearch, _ server: inout ProbeServer, faults: Double, seed: UInt64, interruptedAfter: Int
  ) {
    var dice = Random(seed: seed ^ 0xFA17)
    var answers = 0
    while true {
      if answers == interruptedAfter { search.interrupt(at: server.now) }
      let action = search.next(at: server.now)
      switch action {
      case .send(let request):
        requests += 1
        add(server.now, Int64(request.id), Int64(request.size.inputTokens), Int64(request.size.maxTokens))
        add(Int64(request.size.outputTokens), request.scheduledAt, Int64(request.step))
        server.receive(request.id, request.size)
      case .finished: return
      case .wait(let until):
        add(until)
        guard let answer = server.advance(to: until) else {
          if until == Int64.max { return search.abandon(at: server.now) }
          continue
        }
        var outcome = answer.outcome
        if faults > 0, dice.unit() < faults { outcome = dice.pick([.lost, .capacity, .accepted(quotaTokens: nil)]) }
        search.answered(answer.id, outcome, at: server.now)
        answers += 1
        if answers % 64 == 0 { add(Self.text(search.finding)) }
      }
    }
  }

  private static func text(_ finding: ProbeFinding?) -> String {
    guard let finding else { return "nil" }
    let likelihoods = finding.likelihoods.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    let throttles = finding.throttles.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    let rate = finding.ratePerMinute
    return
      "\(finding.measure.rawValue) \(rate.low) \(rate.estimate) \(rate.high) \(finding.swings) \(String(describing: finding.burst)) \(finding.semantics) \(likelihoods) \(throttles) \(String(describing: finding.measureEvidence))"
  }

  /// FNV-1a.
  private mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
  }

  private mutating func add(_ text: String) { add(text.utf8) }

  private mutating func add(_ numbers: Int64...) {
    for number in numbers { add((0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }) }
  }
}
