import Algorithms

/// All limits of a limiter. A request passes every gate or debits none.
struct Gates: Sendable {
  private let configuration: LimiterConfiguration
  private var gates: [Gate]

  // The fast path reads these values instead of visiting every gate; see `refreshCaches()`.

  /// The largest amounts that a request may reserve. Negative if a limit is 0, which admits nothing.
  private var most = Amounts.largest
  /// Whether the scale of a gate changes by itself.
  private(set) var isMoving = false
  /// A bit for each measure that has a gate.
  private var measures: UInt8 = 0
  /// Whether every gate consists of a local meter and a pacer alone.
  private(set) var isPlain = true

  init(_ configuration: LimiterConfiguration, at now: Int64) {
    self.configuration = configuration
    gates = configuration.limits.uniqued(on: \.measure).map { Gate($0, configuration, at: now) }
    refreshCaches()
  }

  subscript(measure: Measure) -> Gate? { gates.first { $0.measure == measure } }

  /// What the gates count, in their order.
  var measuresInOrder: [Measure] { gates.map(\.measure) }

  func contain(anyOf measures: Set<Measure>) -> Bool { gates.contains { measures.contains($0.measure) } }

  /// Recomputes the values that the fast path reads. Call it after every change of a limit, a window or a learner.
  private mutating func refreshCaches() {
    isPlain = gates.allSatisfy(\.isPlain)
    isMoving = gates.contains(where: \.isMoving)
    measures = gates.reduce(0) { $0 | $1.measure.bit }
    most = .largest
    for gate in gates {
      let limit = gate.limit > 0 ? gate.limit : -1
      switch gate.measure {
      case .tokensPerMinute, .tokensPerDay: most.tokens = min(most.tokens, limit)
      case .inputTokensPerMinute: most.inputTokens = min(most.inputTokens, limit)
      case .outputTokensPerMinute: most.outputTokens = min(most.outputTokens, limit)
      case .requestsPerMinute, .concurrency: if limit < 1 { most.tokens = -1 }
      }
    }
  }

  @inline(__always)
  mutating func advance(to now: Int64) { if isMoving { move(to: now) } }

  @inline(never)
  private mutating func move(to now: Int64) {
    for index in gates.indices { gates[index].advance(to: now) }
    isMoving = gates.contains(where: \.isMoving)
  }

  // MARK: - Requests

  @inline(__always)
  func canEverHold(_ reserved: Amounts) -> Bool { reserved.isWithin(most) }

  /// Why a request with these amounts can never be admitted; nil if every gate can hold it.
  func neverFits(_ reserved: Amounts) -> Refusal? {
    guard let gate = gates.first(where: { !$0.canEverHold(reserved.of($0.measure)) }) else { return nil }
    return .neverFits(gate.measure, needed: reserved.of(gate.measure), limit: gate.limit)
  }

  /// Whether a request can pass every gate now. Refills first.
  /// - Parameter inFlight: requests in flight.
  @inline(__always)
  mutating func haveRoom(_ reserved: Amounts, _ predicted: Amounts, inFlight: Int64, at now: Int64) -> Bool {
    var span = gates.mutableSpan
    for index in span.indices {
      let measure = span[index].measure
      guard
        span[index].hasRoom(reserved: reserved.of(measure), predicted: predicted.of(measure), inFlight: inFlight, at: now)
      else { return false }
    }
    return true
  }

  /// Debits a request, which must have room.
  /// - Parameter isInFlight: false for one that has ended already, and holds no place among those in flight.
  @inline(__always)
  mutating func take(_ reserved: Amounts, _ predicted: Amounts, isInFlight: Bool = true, at now: Int64) -> Lease.Entries {
    var slot = Int64.min
    var span = gates.mutableSpan
    for index in span.indices {
      let measure = span[index].measure
      if measure == .concurrency, !isInFlight { continue }
      slot = max(slot, span[index].take(reserved: reserved.of(measure), predicted: predicted.of(measure), at: now))
    }
    return Lease.Entries(measures: isInFlight ? measures : measures & ~Measure.concurrency.bit, slot: slot)
  }

  /// Replaces what a lease holds by the final cost.
  /// - Parameter requests: how many requests it counts as: 1, or 0 if the server didn't count it.
  @inline(__always)
  mutating func settle(_ lease: Lease, _ final: Amounts, requests: Int64, at now: Int64) {
    let (reserved, predicted, entries) = (lease.reserved, lease.predicted, lease.entries)
    var span = gates.mutableSpan
    for index in span.indices {
      let measure = span[index].measure
      guard entries.contain(measure) else { continue }
      span[index].settle(
        reserved: reserved.of(measure), predicted: predicted.of(measure),
        final: measure == .requestsPerMinute ? requests : final.of(measure), slot: entries.slot, at: now)
    }
  }

  /// Debits the difference between what a lease holds and the new amounts.
  /// - Parameters:
  ///   - reserved: the reservation that the lease will hold.
  ///   - predicted: the prediction that the lease will hold.
  mutating func raise(_ lease: Lease, reserved: Amounts, predicted: Amounts, at now: Int64) {
    for index in gates.indices {
      let measure = gates[index].measure
      guard measure != .requestsPerMinute, lease.entries.contain(measure) else { continue }
      gates[index].raise(
        reserved: reserved.of(measure) - lease.reserved.of(measure),
        predicted: predicted.of(measure) - lease.predicted.of(measure), slot: lease.entries.slot, at: now)
    }
  }

  /// Nanoseconds until a request passes every gate, if nothing else happens; nil if that takes settlements or new grants.
  func wait(_ reserved: Amounts, _ predicted: Amounts, inFlight: Int64, at now: Int64) -> Int64? {
    var longest: Int64 = 0
    for gate in gates {
      let measure = gate.measure
      guard
        let wait = gate.wait(reserved: reserved.of(measure), predicted: predicted.of(measure), inFlight: inFlight, at: now)
      else { return nil }
      longest = max(longest, wait)
    }
    // A scale that rises makes the wait shorter than it looks now.
    return isMoving ? min(longest, Gate.scaleInterval) : longest
  }

  /// Nanoseconds until a request passes the gate with the longest wait.
  ///
  /// A gate that waits for settlements counts as 0: its wait isn't known, and no request is refused for that. One that waits for a store's
  /// grants counts with the least time that they may take.
  /// - Parameter ahead: units of a measure that requests ahead of this one need.
  /// - Returns: also the measure of that gate; nil if no gate makes it wait.
  func eta(
    _ reserved: Amounts, _ predicted: Amounts, inFlight: Int64, at now: Int64, ahead: (Measure) -> Int64
  ) -> (eta: Int64, measure: Measure?) {
    var longest: (eta: Int64, measure: Measure?) = (0, nil)
    for gate in gates {
      let measure = gate.measure
      let (reserved, predicted, ahead) = (reserved.of(measure), predicted.of(measure), ahead(measure))
      let wait =
        gate.wait(reserved: reserved, predicted: predicted, inFlight: inFlight, ahead: ahead, at: now)
        ?? gate.supplyWait(reserved: reserved, predicted: predicted, ahead: ahead, at: now)
      if let wait, wait > longest.eta { longest = (wait, measure) }
    }
    return longest
  }

  // MARK: - Changes

  /// The server throttled a request for one of these measures.
  mutating func throttled(_ measures: Set<Measure>, sentAt: Int64, at now: Int64) {
    for index in gates.indices where measures.contains(gates[index].measure) {
      gates[index].throttled(sentAt: sentAt, at: now)
    }
    refreshCaches()
  }

  mutating func set(_ measure: Measure, window: LimitWindow, at now: Int64) {
    for index in gates.indices where gates[index].measure == measure { gates[index].set(window: window, at: now) }
    refreshCaches()
  }

  /// Replaces the value of a limit, or adds the limit.
  mutating func set(_ measure: Measure, limit: Int64, at now: Int64) {
    if let index = gates.firstIndex(where: { $0.measure == measure }) {
      gates[index].set(limit: limit, at: now)
    } else {
      gates.append(Gate(Limit(measure, limit), configuration, at: now))
    }
    refreshCaches()
  }

  func states(inFlight: Int64, at now: Int64) -> [Snapshot.MeterState] { gates.map { $0.state(inFlight: inFlight, at: now) } }
}

/// The fast path, for plain gates.
extension Gates {
  var plainEntries: Lease.Entries { Lease.Entries(measures: measures, slot: .min) }

  /// ``haveRoom(_:_:inFlight:at:)`` and ``take(_:_:at:)`` in one.
  @inline(__always)
  mutating func takeAtOnce(_ reserved: Amounts, _ predicted: Amounts, inFlight: Int64, at now: Int64) -> Bool {
    var span = gates.mutableSpan
    for index in span.indices {
      let measure = span[index].measure
      let isTaken = span[index].takeAtOnce(
        reserved: reserved.of(measure), predicted: predicted.of(measure), inFlight: inFlight, at: now)
      guard isTaken else {
        giveBack(reserved, predicted, below: index, at: now)
        return false
      }
    }
    return true
  }

  @inline(never)
  private mutating func giveBack(_ reserved: Amounts, _ predicted: Amounts, below end: Int, at now: Int64) {
    for index in 0..<end where gates[index].measure != .concurrency {
      let measure = gates[index].measure
      gates[index].settleAtOnce(reserved: reserved.of(measure), predicted: predicted.of(measure), final: 0, at: now)
    }
  }

  /// - Returns: false if the lease debited other measures than those of the gates now; then nothing has changed.
  @inline(__always)
  mutating func settleAtOnce(_ lease: Lease, _ final: Amounts, at now: Int64) -> Bool {
    guard lease.entries.measures == measures else { return false }
    let (reserved, predicted) = (lease.reserved, lease.predicted)
    var span = gates.mutableSpan
    for index in span.indices {
      let measure = span[index].measure
      // A completed request counts as the one request that it reserved.
      if measure == .requestsPerMinute || measure == .concurrency { continue }
      span[index].settleAtOnce(
        reserved: reserved.of(measure), predicted: predicted.of(measure), final: final.of(measure), at: now)
    }
    return true
  }
}

/// Gates whose units a store grants.
extension Gates {
  /// - Returns: false if the measure isn't prepaid, or there are too many chunks already.
  mutating func grant(_ chunk: PrepaidChunk, of measure: Measure, at now: Int64) -> Bool {
    guard let index = gates.firstIndex(where: { $0.measure == measure }) else { return false }
    return gates[index].grant(chunk, at: now)
  }

  /// What is expected of the store from now on.
  mutating func expect(_ supply: PrepaidSupply, of measure: Measure) {
    for index in gates.indices where gates[index].measure == measure { gates[index].supply = supply }
  }

  mutating func giveBack(at now: Int64) {
    for index in gates.indices { gates[index].giveBack(at: now) }
  }
}
