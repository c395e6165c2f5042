/// Requests whose reservation depends on whether it counts the burndown: they pass the gates and, while it is believed to count, the
/// meter of ``ReservationFactor`` too.
extension AdmissionState {
  /// The first such request begins the learning. A store that grants units keeps no meter for it.
  mutating func beginFactor(with cost: Cost) {
    guard factor == nil, cost.burndownExtra > 0, !configuration.isPrepaid, let gate = gates[.tokensPerMinute] else { return }
    let fixed = configuration.reservesBurndown ?? (configuration.learnsLimits ? nil : false)
    factor = ReservationFactor(
      limit: gate.limit, first: cost.reservedWithBurndown, fixed: fixed, begins: configuration.beginsWithBurndown,
      at: now)
  }

  func neverFits(_ cost: Cost) -> Refusal? {
    if let refusal = gates.neverFits(cost.reserved) { return refusal }
    let units = cost.reservedWithBurndown
    guard let factor, factor.neverFits(units), let gate = gates[.tokensPerMinute] else { return nil }
    return .neverFits(.tokensPerMinute, needed: units, limit: gate.limit)
  }

  /// Whether a request can go now. Refills first.
  mutating func hasRoom(_ cost: Cost, _ predicted: Amounts) -> Bool {
    gates.haveRoom(cost.reserved, predicted, inFlight: inFlight, at: now)
      && factor?.hasRoom(for: cost.reservedWithBurndown, at: now) ?? true
  }

  /// Nanoseconds until it can, if nothing else happens; nil if that takes settlements or new grants.
  func wait(_ cost: Cost, _ predicted: Amounts) -> Int64? {
    guard let wait = gates.wait(cost.reserved, predicted, inFlight: inFlight, at: now) else { return nil }
    guard let factor else { return wait }
    return factor.wait(for: cost.reservedWithBurndown, at: now).map { max($0, wait) }
  }
}
