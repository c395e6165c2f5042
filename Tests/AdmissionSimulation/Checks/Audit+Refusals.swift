import AdmissionControl

/// Checks why a limiter refuses requests.
extension Audit {
  func neverFits(_ reserved: Amounts) -> Measure? {
    accounts.first { $0.limit == 0 || $0.measure != .concurrency && reserved.counted(by: $0.measure) > $0.limit }?.measure
  }

  /// A request is refused at its arrival.
  mutating func refuses(_ ask: Ask, _ refusal: Refusal) {
    let eta = refusal.eta?.clampedNanoseconds ?? 0
    switch refusal.code {
    case .neverFits: checkNeverFits(ask.cost.reserved, refusal)
    case .deadline:
      guard let deadline = ask.deadline else { return fail("I7: refused for a deadline that it has not") }
      guard deadline > now else { return }
      if eta <= deadline - now { fail("I7: refused for its deadline, which it would have met") }
      if Double(eta) > etaMax(ask) {
        fail("I7: refused for a wait of \(eta / 1_000_000) ms, and \(etaMax(ask) / 1e6) is the most")
      }
    case .queueFull:
      if waiting < configuration.waitersMax { fail("I7: refused for a full queue of \(waiting)") }
    case .waitTooLong:
      if etaMax(ask) <= Double(configuration.queueWaitMax.clampedNanoseconds) {
        fail("I7: refused for a long queue, which it is not")
      }
    case .retryBudget: if !ask.isRetry { fail("I7: refused as a retry, which it is not") }
    case .draining: if !isDraining || ask.isRetry { fail("I7: refused for draining") }
    default: fail("I7: refused for \(refusal)")
    }
  }

  /// A waiter is refused.
  mutating func refusesWaiter(_ id: CallID, _ refusal: Refusal) {
    guard let entry = entries[id], entry.isWaiting else { return fail("I3: refused what does not wait") }
    switch refusal.code {
    case .expired: if entry.deadline ?? .max > now { fail("I7: expired before its deadline") }
    case .neverFits: checkNeverFits(entry.reserved, refusal)
    default: fail("I7: a waiter is refused for \(refusal)")
    }
    leaves(id)
    entries[id] = nil
  }

  private mutating func checkNeverFits(_ reserved: Amounts, _ refusal: Refusal) {
    guard let measure = refusal.limit?.measure, let needed = refusal.needed else {
      return fail("I7: never fits, but no figures")
    }
    guard let account = accounts.first(where: { $0.measure == measure }) else {
      return fail("I7: never fits \(measure), which has no limit")
    }
    if needed != reserved.counted(by: measure) || needed <= account.limit && account.limit > 0 {
      fail("I7: \(needed) of \(measure) never fit, it says, and the limit is \(account.limit)")
    }
  }

  /// The longest that a new request can have to wait, in nanoseconds, if nothing comes between: every limit's wait after the other.
  func etaMax(_ ask: Ask) -> Double {
    guard !accounts.contains(where: { $0.measure == .concurrency }) else { return .infinity }
    var seconds = configuration.profile == .bucket ? 1.0 : 62.0
    for index in accounts.indices where accounts[index].measure != .concurrency {
      let account = accounts[index]
      let periodSeconds = Double(account.period) / 1e9
      let own = ask.cost.reserved.counted(by: account.measure)
      let predicted = isForetold ? ask.cost.predicted!.counted(by: account.measure) : 2 * own
      let most = max(ahead[index].reserved, isForetold ? ahead[index].predicted : 2 * ahead[index].reserved) + max(own, predicted)
      let debt = max(0, -Double(account.level), -Double(account.pace)) / Double(account.period)
      seconds += 1.05 * (Double(most) + debt) / Double(max(account.rate, 1)) * periodSeconds
    }
    // Requests in flight may cost more than predicted, which is not visible as debt yet.
    return isForetold ? seconds * 1e9 : 3 * seconds * 1e9 + 60e9
  }
}
