import AdmissionControl

/// The member's share of the limits while it can't reach the store: a level and a pacer for each meter.
struct FleetLedger: Sendable {
  private struct Part: Sendable {
    var level: Meter
    var pacer: Meter?
  }

  private var parts: [Part]

  /// - Parameters:
  ///   - fraction: the member's share of each limit, above 0 and at most 1.
  ///   - levels: what the store had free of each meter, in units.
  ///   - members: of the fleet, as far as the store counted them.
  ///   - late: the predicted units by which the first request has to wait, so that the members don't start together.
  init(_ limits: [FleetLimit], fraction: Double, levels: [Int64], members: Int64, late: [Int64], at now: Int64) {
    func part(_ units: Int64) -> Int64 { units > 0 ? max(1, Int64(Double(units) * fraction)) : 0 }
    parts = limits.indices.map { index in
      let limit = limits[index]
      let period: Meter.Period = limit.kind == .day ? .day : .minute
      // Places among the requests in flight come back when these end, and not with time.
      let rate = limit.kind == .concurrency ? 0 : part(limit.rate)
      var level = Meter(rate: rate, capacity: part(limit.capacity), period: period, at: now)
      if index < levels.count {
        let free = max(levels[index], 0)
        // A place has no parts: where there is one for each member, each may take one.
        let least: Int64 = limit.kind == .concurrency && free >= max(members, 1) ? 1 : 0
        level.lower(to: max(Int64(Double(free) * fraction), least) * Meter.micro, at: now)
      }
      guard limit.kind == .minute else { return Part(level: level) }
      var pacer = Meter(rate: part(limit.rate), capacity: part(limit.burst), period: period, at: now)
      pacer.lower(to: -min(late[index], Meter.unitsMax) * Meter.micro, at: now)
      return Part(level: level, pacer: pacer)
    }
  }

  /// Nanoseconds until a request can be paid, if nothing else happens; nil: never. More than a capacity needs a full meter.
  mutating func wait(for amounts: [FleetAmount], at now: Int64) -> Int64? {
    var longest: Int64 = 0
    for (index, amount) in amounts.enumerated() {
      guard let wait = Self.wait(&parts[index].level, amount.reserved, at: now) else { return nil }
      longest = max(longest, wait)
      guard parts[index].pacer != nil, amount.predicted > 0 else { continue }
      guard let pace = Self.wait(&parts[index].pacer!, amount.predicted, at: now) else { return nil }
      longest = max(longest, pace)
    }
    return longest
  }

  private static func wait(_ meter: inout Meter, _ units: Int64, at now: Int64) -> Int64? {
    meter.refill(at: now)
    return meter.wait(for: min(units * Meter.micro, meter.capacity))
  }

  mutating func take(_ amounts: [FleetAmount]) {
    for (index, amount) in amounts.enumerated() {
      parts[index].level.debit(amount.reserved * Meter.micro)
      parts[index].pacer?.debit(amount.predicted * Meter.micro)
    }
  }

  /// Gives back what requests didn't need. Negative amounts are taken.
  mutating func credit(_ amounts: [FleetAmount], at now: Int64) {
    for (index, amount) in amounts.enumerated() {
      parts[index].level.credit(amount.reserved * Meter.micro, at: now)
      parts[index].pacer?.credit(amount.predicted * Meter.micro, at: now)
    }
  }
}
