import AdmissionControl

/// Follows requests from their arrival to their end.
extension Audit {
  // MARK: - Into the queue and out of it

  mutating func waits(_ id: CallID, _ ask: Ask) {
    var entry = entry(ask)
    lastNumber += 1
    entry.number = lastNumber
    entry.isWaiting = true
    waiting += 1
    add(entry, 1)
    if entry.isRetry {
      classes[entry.place].again.append((id, lastNumber))
    } else {
      classes[entry.place].order.append((id, lastNumber))
    }
    if let deadline = entry.deadline { deadlineMin = min(deadlineMin, deadline) }
    if let head, entry.isRetry, head.id != id { self.head = nil }
    keep(id, entry)
    if let never = neverFits(entry.reserved) { fail("I7: what never fits \(never) waits") }
  }

  private mutating func add(_ entry: Entry, _ sign: Int64) {
    for index in accounts.indices {
      ahead[index].reserved += sign * entry.reserved.counted(by: accounts[index].measure)
      ahead[index].predicted += sign * entry.predicted.counted(by: accounts[index].measure)
    }
  }

  /// A request leaves the queue.
  mutating func leaves(_ id: CallID) {
    guard var entry = entries[id], entry.isWaiting else { return fail("I3: one that does not wait leaves the queue") }
    waiting -= 1
    add(entry, -1)
    if head?.id == id { head = nil }
    entry.isWaiting = false
    entries[id] = entry
  }

  /// A waiter's caller gives up.
  mutating func cancels(_ id: CallID, was: Bool, isAgain: Bool) {
    if !was { fail("I4: one that waits can't be cancelled") }
    if isAgain { fail("I4: one can be cancelled twice") }
    leaves(id)
    entries[id] = nil
  }

  /// The first waiter of a class. Retries go before the others.
  mutating func first(of place: Int) -> CallID? { first(in: \.again, of: place) ?? first(in: \.order, of: place) }

  private mutating func first(in row: WritableKeyPath<Class, Row>, of place: Int) -> CallID? {
    while let next = classes[place][keyPath: row].first {
      if let entry = entries[next.id], entry.isWaiting, entry.number == next.number { return next.id }
      classes[place][keyPath: row].removeFirst()
    }
    return nil
  }

  /// A waiter is admitted.
  mutating func admits(_ id: CallID) {
    guard let entry = entries[id], entry.isWaiting else { return fail("I3: one is let in that does not wait") }
    if first(of: entry.place) != id { fail("order: a request went before one of its tenant whose turn it was") }
    if let deadline = entry.deadline, deadline <= now { fail("I7: one was let in after its deadline") }
    leaves(id)
    grants(id, entry)
  }

  /// A request is admitted at its arrival.
  mutating func grants(_ id: CallID, _ ask: Ask) {
    if waiting > 0 { fail("order: a request that has just come went before \(waiting) that wait") }
    grants(id, entry(ask))
  }

  private mutating func grants(_ id: CallID, _ entry: Entry) {
    var entry = entry
    entry.isWaiting = false
    inFlight += 1
    if let never = neverFits(entry.reserved) { fail("I7: what never fits \(never) was let in") }
    for index in accounts.indices {
      let account = accounts[index]
      let reserved = entry.reserved.counted(by: account.measure)
      let predicted = entry.predicted.counted(by: account.measure)
      check(account, reserved, predicted)
      entry.tickets[index] = accounts[index].take(reserved, predicted, at: now)
      if configuration.profile == .strict, account.isPerMinute, accounts[index].window.sum > account.limit {
        fail("I1: \(accounts[index].window.sum) of \(account.limit) \(account.measure) reserved within 60 s")
      }
    }
    keep(id, entry)
  }

  /// Checks before an admission that the promise to the server has room for it.
  private mutating func check(_ account: Account, _ reserved: Int64, _ predicted: Int64) {
    guard account.measure != .concurrency else {
      if account.inFlight >= account.limit { fail("I1: \(account.inFlight + 1) at once, of \(account.limit)") }
      return
    }
    let needed = min(Int128(reserved) * account.period, account.boundCapacity)
    if account.bound + needed > account.boundCapacity + account.period {
      fail("I1: more than κQ + r·Δ of \(account.measure) let in")
    }
    guard isForetold, account.isPerMinute else { return }
    let paced = min(Int128(predicted) * account.period, account.paceCapacity)
    if account.paceMost + 2 * account.period < paced { fail("I1: a clump of \(account.measure), the pacer is not heeded") }
  }

  // MARK: - While it is under way, and its end

  mutating func adjusts(_ id: CallID, used: Amounts) {
    guard var entry = entries[id], !entry.isWaiting else { return fail("I3: one that is not under way goes on") }
    let old = entry
    func raised(_ held: Amounts) -> Amounts {
      Amounts(
        tokens: max(held.tokens, used.tokens), inputTokens: max(held.inputTokens, used.inputTokens),
        outputTokens: max(held.outputTokens, used.outputTokens))
    }
    entry.reserved = raised(entry.reserved)
    entry.predicted = raised(entry.predicted)
    for index in accounts.indices where accounts[index].measure != .requestsPerMinute && accounts[index].measure != .concurrency {
      let measure = accounts[index].measure
      accounts[index].change(
        old.reserved.counted(by: measure), old.predicted.counted(by: measure), to: entry.reserved.counted(by: measure),
        entry.predicted.counted(by: measure), ticket: entry.tickets[index])
    }
    entries[id] = entry
  }

  mutating func settles(_ id: CallID, _ outcome: Outcome) {
    guard let entry = entries[id], !entry.isWaiting else { return fail("I3: settled what is not under way") }
    entries[id] = nil
    inFlight -= 1
    var (final, requests) = (Amounts(), Int64(1))
    switch outcome.kind {
    case .completed(let used), .outputExhausted(let used), .failed(let used): final = used
    case .throttled: (requests, lastThrottle) = (0, now)
    case .overflowed, .cancelled: requests = 0
    case .capacity: break
    }
    for index in accounts.indices {
      let measure = accounts[index].measure
      accounts[index].settle(
        entry.reserved.counted(by: measure), entry.predicted.counted(by: measure),
        final: measure == .requestsPerMinute ? requests : final.counted(by: measure), ticket: entry.tickets[index])
    }
  }

  mutating func told(_ limit: Limit, _ snapshot: Snapshot) {
    for index in accounts.indices where accounts[index].measure == limit.measure {
      accounts[index].set(limit: limit.value, scale: snapshot.meters[index].scale)
      // What a window of seconds that `auto` may have gone over to has used of another is not for us to know; and soon after a
      // refusal the limiter's level is the server's, on which the new limit has counted already.
      if configuration.profile == .auto || now - lastThrottle <= 10_000_000_000 {
        accounts[index].followUp(toTokens: snapshot.meters[index].available)
      }
    }
    head = nil
  }
}
