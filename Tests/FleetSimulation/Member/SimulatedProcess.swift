import AdmissionControl
import AdmissionSimulation
import FleetStore

/// One process of a simulated fleet.
struct SimulatedProcess: Sendable {
  /// The place among the members; a process that replaces an ended one has the same place.
  let place: Int
  /// Changes with every start in the same place, so that old events find nobody.
  let generation: Int
  var limiter: SimulatedLimiter
  var member: FleetMember
  /// The process's side of a table.
  var ledger = DynamoLedger()
  /// How far its clock is ahead, in ms.
  var clockOffset: Int64 = 0
  var dice: Random
  var isAlive = true
  /// The time until which the process is stopped.
  var stoppedUntil: Int64 = 0
  /// The time of the event that wakes it; nil: none is planned.
  var timerAt: Int64?
  /// Requests that wait, by the limiter's names for them.
  var waiting: [WaiterID: Int] = [:]
  /// Final costs of ended requests, in tokens.
  var spent: Int64 = 0
  /// Since when requests wait and none goes; nil: none waits.
  var hungrySince: Int64?

  init(_ scenario: FleetScenario, place: Int, generation: Int, dice: Random, at now: Int64) {
    self.place = place
    self.generation = generation
    self.dice = dice
    limiter = SimulatedLimiter(quota: scenario.quota, at: now)
    var configuration = FleetMemberConfiguration(
      name: "\(place)-\(generation)", meters: [FleetMemberConfiguration.Meter(.tokensPerMinute, limit: scenario.quota)],
      discoveredAt: 1_700_000_000_000)
    configuration.isStrict = scenario.isStrict
    configuration.learnsLimits = scenario.learnsLimits
    if place < scenario.weights.count { configuration.weight = scenario.weights[place] }
    if scenario.hasFlows { configuration.tierWeights = limiter.state.tierWeights }
    if place < scenario.horizons.count { configuration.horizonMin = scenario.horizons[place] }
    member = FleetMember(configuration)
  }

  mutating func next(at now: Int64) -> FleetAction { member.next(limiter, at: now, using: &dice) }

  mutating func answered(_ reply: SyncReply, to sequence: Int64, at now: Int64) {
    member.answered(reply, to: sequence, at: now, using: &dice)
  }

  mutating func failed(_ sequence: Int64, at now: Int64) { member.failed(sequence, at: now, using: &dice) }

  mutating func throttled(_ request: Int, at now: Int64) {
    let sentAt = limiter.admittedAt(request) ?? now
    limiter.settle(request, .throttled(.tokens), at: now)
    member.throttled(sentAt: sentAt, at: now, using: &dice)
  }
}
