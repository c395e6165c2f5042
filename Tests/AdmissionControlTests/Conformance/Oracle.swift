import AdmissionControl

/// A bucket that stores every event and computes its level from them each time.
struct BucketOracle {
  enum Event {
    case change(Int64)
    case limit(rate: Int64, capacity: Int64)
  }

  let period: Int128
  private var rate: Int64
  private var capacity: Int64
  private let first: (rate: Int64, capacity: Int64)
  private var events: [(at: Int64, event: Event)] = []

  init(rate: Int64, capacity: Int64, seconds: Int64) {
    (self.rate, self.capacity) = (rate, capacity)
    first = (rate, capacity)
    period = Int128(seconds) * 1_000_000_000
  }

  mutating func enter(_ event: Event, at now: Int64) {
    if case .limit(let rate, let capacity) = event { (self.rate, self.capacity) = (rate, capacity) }
    events.append((now, event))
  }

  func level(at now: Int64) -> Fraction {
    var (rate, capacity, time) = (first.rate, first.capacity, Int64(0))
    var level = Fraction(Int128(capacity) * period, over: period)
    func pass(to end: Int64) {
      level = min(Fraction(Int128(capacity)), level + Fraction(Int128(rate) * Int128(end - time), over: period))
      time = end
    }
    for (at, event) in events {
      pass(to: at)
      switch event {
      case .change(let units): level = min(Fraction(Int128(capacity)), level + Fraction(Int128(units)))
      case .limit(let newRate, let newCapacity):
        level = level + Fraction(Int128(newCapacity - capacity))
        (rate, capacity) = (newRate, newCapacity)
      }
    }
    pass(to: now)
    return level
  }

  /// Nanoseconds. A request for more than the capacity needs a full bucket.
  func wait(for units: Int64, at now: Int64) -> Int64 {
    let missing = Fraction(Int128(min(units, capacity))) - level(at: now)
    guard missing > Fraction(0) else { return 0 }
    return Int64(Fraction(missing.top * period, over: missing.bottom * Int128(rate)).ceiling)
  }
}

/// A window of 60.3 s that stores every request.
struct WindowOracle {
  private static let slot: Int64 = 100_000_000
  private(set) var entries: [(slot: Int64, units: Int64)] = []

  /// - Returns: the index of the entry.
  mutating func enter(_ units: Int64, at now: Int64) -> Int {
    entries.append((now / Self.slot, units))
    return entries.count - 1
  }

  mutating func change(_ index: Int, by units: Int64) { entries[index].units += units }

  func sum(at now: Int64) -> Int64 {
    entries.reduce(0) { now / Self.slot - $1.slot < 603 ? $0 + $1.units : $0 }
  }

  func wait(for units: Int64, limit: Int64, at now: Int64) -> Int64 {
    let times = [now] + entries.map { ($0.slot + 603) * Self.slot }.filter { $0 > now }.sorted()
    return (times.first { sum(at: $0) + units <= limit } ?? .max) - now
  }
}

/// What the state machine should answer, by the definitions of the design alone. It has no queue: a request that can't go gives
/// up.
struct Oracle {
  struct Gate {
    var measure: Measure
    var limit: Int64
    var ledger: BucketOracle
    var pacer: BucketOracle?
    var window: WindowOracle?
  }

  struct Grant {
    var reserved: Int64
    var predicted: Int64
    var entries: [Int?]
  }

  /// Half, which a `Double` holds exactly.
  static let headroom = 0.5
  let isStrict: Bool
  private(set) var gates: [Gate] = []
  private(set) var now: Int64

  init(_ limits: [Limit], isStrict: Bool, at now: Int64) {
    (self.isStrict, self.now) = (isStrict, now)
    for limit in limits {
      let isDay = limit.measure == .tokensPerDay
      let sizes = Self.sizes(limit, isStrict)
      gates.append(
        Gate(
          measure: limit.measure, limit: limit.value,
          ledger: BucketOracle(rate: limit.value, capacity: sizes.ledger, seconds: isDay ? 86_400 : 60),
          pacer: isDay ? nil : BucketOracle(rate: limit.value, capacity: sizes.pacer, seconds: 60),
          window: isStrict && !isDay ? WindowOracle() : nil))
    }
  }

  private static func sizes(_ limit: Limit, _ isStrict: Bool) -> (ledger: Int64, pacer: Int64) {
    let isStrict = isStrict && limit.measure != .tokensPerDay
    return (
      max(isStrict ? limit.value * 19 / 600 : limit.value / 2, min(limit.value, 1)), max(limit.value / 60, min(limit.value, 1))
    )
  }

  mutating func pass(to time: Int64) { now = max(now, time) }

  private static func units(_ tokens: Int64, _ measure: Measure) -> Int64 { measure == .requestsPerMinute ? 1 : tokens }

  /// nil: never.
  func wait(reserved: Int64, predicted: Int64) -> Int64? {
    var longest: Int64 = 0
    for gate in gates {
      let (reserved, predicted) = (Self.units(reserved, gate.measure), Self.units(predicted, gate.measure))
      guard reserved <= gate.limit, gate.limit > 0 else { return nil }
      longest = max(longest, gate.ledger.wait(for: reserved, at: now), gate.pacer?.wait(for: predicted, at: now) ?? 0)
      longest = max(longest, gate.window?.wait(for: reserved, limit: gate.limit, at: now) ?? 0)
    }
    return longest
  }

  mutating func take(reserved: Int64, predicted: Int64) -> Grant {
    var grant = Grant(reserved: reserved, predicted: predicted, entries: [])
    for index in gates.indices {
      let measure = gates[index].measure
      gates[index].ledger.enter(.change(-Self.units(reserved, measure)), at: now)
      gates[index].pacer?.enter(.change(-Self.units(predicted, measure)), at: now)
      grant.entries.append(gates[index].window?.enter(Self.units(reserved, measure), at: now))
    }
    return grant
  }

  mutating func end(_ grant: Grant, final: Int64) {
    for index in gates.indices {
      let measure = gates[index].measure
      let final = Self.units(final, measure)
      gates[index].ledger.enter(.change(Self.units(grant.reserved, measure) - final), at: now)
      gates[index].pacer?.enter(.change(Self.units(grant.predicted, measure) - final), at: now)
      if let entry = grant.entries[index] { gates[index].window?.change(entry, by: final - Self.units(grant.reserved, measure)) }
    }
  }

  mutating func set(_ index: Int, limit: Int64) {
    gates[index].limit = limit
    let sizes = Self.sizes(Limit(gates[index].measure, limit), isStrict)
    gates[index].ledger.enter(.limit(rate: limit, capacity: sizes.ledger), at: now)
    gates[index].pacer?.enter(.limit(rate: limit, capacity: sizes.pacer), at: now)
  }
}
