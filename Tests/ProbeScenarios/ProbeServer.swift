import AdmissionSimulation
import BedrockEmulator
import BedrockQuotas
package import QuotaProbe

/// The emulator's enforcer on a manual clock, and the requests in flight.
package struct ProbeServer {
  private struct Ending {
    var time: Int64
    var id: Int
    var outcome: ProbeOutcome
    var lease: QuotaLedger.Lease?
    var tokens: Int
    /// Set if this is not an end but the arrival of a request of this size.
    var arriving: TrialSize?
  }

  private let scenario: ProbeScenario
  private let clock = EmulatorClock.manual()
  private let enforcer: QuotaEnforcer
  private let pool: Int
  private var dice: Random
  private var endings: [Ending] = []
  private var firstEnding = 0
  package private(set) var received = 0

  package init(_ scenario: ProbeScenario) {
    self.scenario = scenario
    dice = Random(seed: scenario.seed ^ 0x5EED)
    enforcer = QuotaEnforcer(semantics: scenario.semantics, seed: scenario.seed, clock: clock)
    pool = enforcer.pool(
      [
        (code: "L-R", name: "", measure: .rpm, value: scenario.requestsPerMinute, factor: 1),
        (code: "L-T", name: "", measure: .tpm, value: scenario.tokensPerMinute, factor: 1),
      ]
        + (scenario.concurrent.map { [(code: "L-C", name: "", measure: .concurrent, value: Double($0), factor: 1)] } ?? []))
    if scenario.foreignShare > 0 { enforcer.setForeign(modelID: "m", pool: pool, share: scenario.foreignShare) }
    clock.advance(by: Int64(scenario.rest * 1e9))
  }

  package var now: Int64 { clock.now }

  /// Receives a request, at once or after its time on the network.
  package mutating func receive(_ id: Int, _ size: TrialSize) {
    received += 1
    guard scenario.jitter > 0 else { return decide(id, size) }
    let way = dice.within(0...2 * scenario.jitter)
    insert(Ending(time: now + Int64(way * 1e9), id: id, outcome: .lost, lease: nil, tokens: 0, arriving: size))
  }

  private mutating func decide(_ id: Int, _ size: TrialSize) {
    guard size.maxTokens <= scenario.replyTokensMax else {
      return insert(Ending(time: now + 30_000_000, id: id, outcome: .invalid("max_tokens"), lease: nil, tokens: 0))
    }
    let reservedOutput = scenario.reservationFactor.tokens(maxTokens: size.maxTokens, burndown: scenario.burndown)
    switch enforcer.reserve(pool: pool, tokens: size.inputTokens + reservedOutput) {
    case .admitted(let lease):
      let final = size.inputTokens + scenario.burndown * size.outputTokens
      let taken = scenario.latency * dice.within(0.9...1.1)
      insert(
        Ending(time: now + Int64(taken * 1e9), id: id, outcome: .accepted(quotaTokens: final), lease: lease, tokens: final))
    case .throttled(let measure, _):
      let words: ProbeOutcome.Throttle = !scenario.hasWords ? .unknown : measure == .tpm ? .tokens : .requests
      insert(Ending(time: now + 30_000_000, id: id, outcome: .throttled(words), lease: nil, tokens: 0))
    }
  }

  private mutating func insert(_ ending: Ending) {
    var place = endings.count
    while place > firstEnding, endings[place - 1].time > ending.time { place -= 1 }
    endings.insert(ending, at: place)
  }

  /// Moves the clock to an instant, or to the next answer if that is earlier.
  /// - Returns: the answer; nil if the instant came first.
  package mutating func advance(to instant: Int64) -> (id: Int, outcome: ProbeOutcome)? {
    while true {
      let ending = firstEnding < endings.count ? endings[firstEnding] : nil
      let to = min(instant, ending?.time ?? Int64.max)
      if to > now, to < Int64.max { clock.advance(by: to - now) }
      guard let ending, ending.time <= to else { return nil }
      firstEnding += 1
      if firstEnding > 4_096 {
        endings.removeFirst(firstEnding)
        firstEnding = 0
      }
      if let size = ending.arriving {
        decide(ending.id, size)
        continue
      }
      if let lease = ending.lease { enforcer.settle(lease, tokens: ending.tokens) }
      return (ending.id, ending.outcome)
    }
  }
}
