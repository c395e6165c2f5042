import AdmissionControl

/// How one process takes part in a fleet, as a state machine: docs/design/fleet.md, "A member".
///
/// Every method is an event with a time; none waits, reads a clock or rolls dice of its own. After any event, call
/// ``next(_:at:using:)``, do what it says, and call it again until it says to wait. Times are nanoseconds of the limiter's clock.
///
/// The limiter keeps the granted chunks, since it spends them. So the member knows sums only: what it owes, what the store has
/// answered, and when to ask again. One sync is under way at a time, and an answer to an older one is dropped.
///
/// In the store it may be several members, one for each tier of the limiter's queue (``FleetFlow``).
package struct FleetMember: Sendable {
  /// A sync that has no answer yet.
  struct Exchange: Sendable {
    var flow: Int
    var sequence: Int64
    var sentAt: Int64
    var owed: [FleetAmount]
    var bundles: [[FleetAmount]]
    var fallback: Int64
    var isLeaving: Bool
    /// Whether it tells all that the store doesn't know.
    var isAll: Bool
    var isThrottled: Bool
    /// Whether it says which share the store keeps for a strict member.
    var hasShare: Bool
    /// Nanoseconds.
    var timeout: Int64
  }

  /// Whether the store answers.
  enum Store: Sendable {
    /// It has never answered.
    case unknown
    case reached
    /// - Parameter since: when the first sync was sent that got no answer.
    case away(since: Int64)
  }

  let configuration: FleetMemberConfiguration
  var limits: [FleetLimit]
  var version: Int64
  var books: FleetBooks
  var share = FleetShare()
  var roundTrips = FleetRoundTrips()
  var slots = FleetSlots()
  var learner: FleetLearner
  /// Present while the member uses its share without the store.
  var ledger: FleetLedger?

  /// By tier; one alone if all tiers have the same ticket.
  var flows: [FleetFlow]
  /// The flow of the last sync.
  var lastFlow = 0
  /// The flow whose record has the share that the store keeps for a silent strict member; the others say 0. nil: none has it yet.
  var sharingFlow: Int?
  /// The number of the last sync of any flow: it only has to grow for each name.
  var sequence: Int64 = 0
  var exchange: Exchange?
  var store = Store.unknown
  /// The syncs without an answer since the last answer.
  var failures = 0
  package internal(set) var epoch: Int64 = 0
  package internal(set) var levels: [Int64] = []
  /// Members in the store's queue at the last answer.
  var waitingMembers: Int64 = 0
  /// Chunks for the limiter that have not been handed over.
  var grants: [FleetGrant] = []

  /// When a store that doesn't answer is tried again.
  var retryAt = Int64.min
  var syncedAt = Int64.min
  /// When the last sync that was answered had been sent, and when its answer came.
  var answered: (sentAt: Int64, at: Int64)?
  /// The same of the last sync that said which share the store keeps, and whose record has it.
  var shareAnswered: (flow: Int, sentAt: Int64, at: Int64)?
  /// When the last granted chunk expires.
  var chunksEndAt = Int64.min
  /// When there was something to do last; nil: the member has just begun.
  var activeAt: Int64?
  var isThrottled = false
  /// The tokens of the day, as far as the service has refused requests for them.
  var day = FleetDay()
  /// What a strict member has told that it may use before its next sync, since the store's last answer.
  var announced: Int64 = 0
  var stopping = Stopping.no

  enum Stopping: Sendable { case no, asked, chunksGivenBack, ended }

  package init(_ configuration: FleetMemberConfiguration) {
    self.configuration = configuration
    limits = configuration.meters.map(\.limit)
    version = FleetLearner.version(discoveredAt: configuration.discoveredAt)
    books = FleetBooks(meters: limits.count)
    learner = FleetLearner(limits)
    flows = FleetFlow.all(of: configuration)
  }

  /// Decides what is to be done now.
  /// - Parameter dice: for retries and for first starts, so that members don't act all at once.
  package mutating func next(
    _ limiter: borrowing some FleetLimiter, at now: Int64, using dice: inout some RandomNumberGenerator
  ) -> FleetAction {
    if stopping == .ended { return .end }
    if !grants.isEmpty {
      defer { grants = [] }
      return .grant(grants)
    }
    look(limiter, at: now)
    if mayBeForgotten(at: now) { forgotten(besides: nil) }
    let demand = limiter.demand
    let waiting = waitingFlows(limiter, demand)
    for flow in flows.indices where waiting.contains(flow) { flows[flow].activeAt = now }
    if activeAt == nil || demand.waiting > 0 || demand.inFlight > 0 || isChanged { activeAt = now }
    if stopping == .asked {
      stopping = .chunksGivenBack
      return .giveBack
    }
    beginFallbackIfDue(limiter, at: now, using: &dice)
    let own = stopping == .no ? grantsOfLedger(limiter, at: now) : (grants: [], wakeAt: nil)
    if !own.grants.isEmpty { return .grant(own.grants) }
    guard exchange == nil else { return .wait(until: earliest(own.wakeAt, fallbackAt)) }
    if stopping != .no, !hasJoined { return end() }
    let turn = nextTurn(limiter, demand, waiting, at: now)
    if let turn, turn.at <= now {
      let request = makeRequest(limiter, demand, waiting, by: turn.flow, at: now, using: &dice)
      return .sync(request, timeout: exchange?.timeout ?? roundTrips.timeout)
    }
    return .wait(until: earliest(turn?.at, own.wakeAt, fallbackAt))
  }

  mutating func end() -> FleetAction {
    stopping = .ended
    return .end
  }

  private mutating func look(_ limiter: borrowing some FleetLimiter, at now: Int64) {
    var owed: [FleetAmount] = []
    for meter in configuration.meters {
      let debt = limiter.debt(meter.measure) ?? PrepaidDebt(reserved: 0, predicted: 0)
      owed.append(
        FleetAmount(
          reserved: debt.reserved / Meter.micro, predicted: meter.limit.kind == .minute ? debt.predicted / Meter.micro : 0))
    }
    let change = books.look(owed)
    // What the ledger granted is in the change, and was taken from the ledger then.
    guard ledger != nil else { return }
    let returned = zip(ledgerGranted, change).map { $0 - $1 }
    ledgerGranted = Array(repeating: .zero, count: limits.count)
    ledger?.credit(returned, at: now)
  }

  /// What the ledger has granted since the last look.
  var ledgerGranted: [FleetAmount] = []
}

extension FleetMember {
  /// What it has used without the store since its start, in units of the first meter.
  package var usedWithoutStore: Int64 { books.fallback }

  /// The names by which the store may know it.
  package var namesInStore: [String] {
    flows.count == 1 ? [flows[0].name] : flows.filter { $0.syncedAt != .min }.map(\.name)
  }

  /// The names of which the store has records, as far as it knows.
  package var namesWithRecords: [String] {
    flows.count == 1 ? [flows[0].name] : flows.filter(\.hasJoined).map(\.name)
  }
}

/// The nearest of several times that may be unknown.
func earliest(_ times: Int64?...) -> Int64? { times.compactMap { $0 }.min() }
