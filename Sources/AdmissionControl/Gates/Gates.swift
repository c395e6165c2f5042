/// All limits of a scope: a request passes every one of them, or takes from none.
struct Gates: Sendable {
  private let configuration: LimiterConfiguration
  private var gates: [Gate]
  /// The most that a request may need of every gate; below zero where one lets nothing through.
  private var most = Amounts.largest
  /// Whether a scale may change by itself.
  private(set) var isMoving = false
  /// A bit for each measure that is kept.
  private var measures: UInt8 = 0
  /// Whether ledgers and pacers are all there is to ask.
  private(set) var isPlain = true

  init(_ configuration: LimiterConfiguration, at now: Int64) {
    self.configuration = configuration
    var seen: Set<Measure> = []
    gates = configuration.limits.filter { seen.insert($0.measure).inserted }.map { Gate($0, configuration, at: now) }
    look()
  }

  subscript(measure: Measure) -> Gate? { gates.first { $0.measure == measure } }

  /// Notes what is asked of the gates at every request.
  private mutating func look() {
    isPlain = gates.allSatisfy(\.isPlain)
    isMoving = gates.contains { $0.learner?.isMoving == true }
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
    isMoving = gates.contains { $0.learner?.isMoving == true }
  }

  // MARK: - Requests

  @inline(__always)
  func canEverHold(_ reserved: Amounts) -> Bool { reserved.isWithin(most) }

  func neverFits(_ reserved: Amounts) -> Refusal? {
    guard let gate = gates.first(where: { !$0.canEverHold(reserved.of($0.measure)) }) else { return nil }
    return .neverFits(gate.measure, needed: reserved.of(gate.measure), limit: gate.limit)
  }

  /// - Parameter outstanding: requests under way.
  @inline(__always)
  mutating func hold(_ reserved: Amounts, _ predicted: Amounts, outstanding: Int64, at now: Int64) -> Bool {
    var span = gates.mutableSpan
    for index in span.indices {
      let measure = span[index].measure
      guard
        span[index].holds(
          reserved: reserved.of(measure), predicted: predicted.of(measure), outstanding: outstanding, at: now)
      else { return false }
    }
    return true
  }

  /// - Returns: where the lease is entered.
  @inline(__always)
  mutating func take(_ reserved: Amounts, _ predicted: Amounts, at now: Int64) -> Lease.Entries {
    var slot = Int64.min
    var span = gates.mutableSpan
    for index in span.indices {
      let measure = span[index].measure
      slot = max(slot, span[index].take(reserved: reserved.of(measure), predicted: predicted.of(measure), at: now))
    }
    return Lease.Entries(measures: measures, slot: slot)
  }

  /// Makes what a lease holds what it costs.
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

  /// Takes more for a lease than it holds.
  mutating func raise(_ lease: Lease, reserved: Amounts, predicted: Amounts, at now: Int64) {
    for index in gates.indices {
      let measure = gates[index].measure
      guard measure != .requestsPerMinute, lease.entries.contain(measure) else { continue }
      gates[index].raise(
        reserved: reserved.of(measure) - lease.reserved.of(measure),
        predicted: predicted.of(measure) - lease.predicted.of(measure), slot: lease.entries.slot, at: now)
    }
  }

  /// Nanoseconds until a request of these amounts fits; nil where only what others give back helps.
  func wait(_ reserved: Amounts, _ predicted: Amounts, outstanding: Int64, at now: Int64) -> Int64? {
    var longest: Int64 = 0
    for gate in gates {
      let measure = gate.measure
      guard
        let wait = gate.wait(
          reserved: reserved.of(measure), predicted: predicted.of(measure), outstanding: outstanding, at: now)
      else { return nil }
      longest = max(longest, wait)
    }
    // A rate that grows makes the wait shorter than it looks.
    return isMoving ? min(longest, 100_000_000) : longest
  }

  /// Nanoseconds until its turn, at every gate by itself.
  /// - Parameter ahead: what goes before it, in units of a measure.
  func eta(
    _ reserved: Amounts, _ predicted: Amounts, outstanding: Int64, at now: Int64, ahead: (Measure) -> Int64
  ) -> Int64 {
    // Where only settlements help, the answer is not known; nobody is turned away for that.
    gates.reduce(0) { eta, gate in
      let measure = gate.measure
      let wait = gate.wait(
        reserved: reserved.of(measure), predicted: predicted.of(measure), outstanding: outstanding, ahead: ahead(measure),
        at: now)
      return max(eta, wait ?? 0)
    }
  }

  // MARK: - Plain gates alone

  var plainEntries: Lease.Entries { Lease.Entries(measures: measures, slot: .min) }

  /// ``hold(_:_:outstanding:at:)`` and ``take(_:_:at:)`` in one.
  @inline(__always)
  mutating func takeAtOnce(_ reserved: Amounts, _ predicted: Amounts, outstanding: Int64, at now: Int64) -> Bool {
    var span = gates.mutableSpan
    for index in span.indices {
      let measure = span[index].measure
      let isTaken = span[index].takeAtOnce(
        reserved: reserved.of(measure), predicted: predicted.of(measure), outstanding: outstanding, at: now)
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

  /// - Returns: false where it took from others than these, and then nothing has changed.
  @inline(__always)
  mutating func settleAtOnce(_ lease: Lease, _ final: Amounts, at now: Int64) -> Bool {
    guard lease.entries.measures == measures else { return false }
    let (reserved, predicted) = (lease.reserved, lease.predicted)
    var span = gates.mutableSpan
    for index in span.indices {
      let measure = span[index].measure
      // Of requests and places there is nothing to correct.
      if measure == .requestsPerMinute || measure == .concurrency { continue }
      span[index].settleAtOnce(
        reserved: reserved.of(measure), predicted: predicted.of(measure), final: final.of(measure), at: now)
    }
    return true
  }

  // MARK: - Changes

  /// The server refused a request for one of these measures.
  mutating func refused(_ meant: Set<Measure>, sentAt: Int64, at now: Int64) {
    for index in gates.indices where meant.contains(gates[index].measure) { gates[index].refused(sentAt: sentAt, at: now) }
    look()
    isMoving = gates.contains { $0.learner?.isMoving == true }
  }

  func contain(anyOf meant: Set<Measure>) -> Bool { gates.contains { meant.contains($0.measure) } }

  mutating func set(_ measure: Measure, window: Gate.Window, at now: Int64) {
    for index in gates.indices where gates[index].measure == measure { gates[index].set(window: window, at: now) }
    look()
  }

  /// Another value for a limit; one that was not kept before is kept from now on.
  mutating func set(_ measure: Measure, limit: Int64, at now: Int64) {
    if let index = gates.firstIndex(where: { $0.measure == measure }) {
      gates[index].set(limit: limit, at: now)
    } else {
      gates.append(Gate(Limit(measure, limit), configuration, at: now))
    }
    look()
  }

  func states(outstanding: Int64, at now: Int64) -> [Snapshot.MeterState] {
    gates.map { $0.state(outstanding: outstanding, at: now) }
  }
}
