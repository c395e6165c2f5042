import AdmissionControl

/// Checks after a limiter's last answer at a time: no request may wait without a reason.
extension Audit {
  mutating func quiet(_ state: inout AdmissionState, _ snapshot: Snapshot) {
    checkDeadlines()
    checkClock(&state, snapshot)
    guard waiting > 0 else {
      if snapshot.waiting == 0, state.wakeAt != nil { fail("I9: a timer, and nobody waits") }
      return
    }
    if let wake = state.wakeAt {
      if wake <= now { fail("I5: it wants to be woken \(now - wake) ns ago") }
    } else if inFlight == 0 {
      fail("I5: \(waiting) wait, nothing is under way, and no timer runs")
    }
    checkHeads(state.wakeAt)
  }

  private mutating func checkDeadlines() {
    guard deadlineMin <= now else { return }
    deadlineMin = .max
    for entry in entries {
      guard let entry, entry.isWaiting, let deadline = entry.deadline else { continue }
      if deadline <= now { fail("I7: one still waits after its deadline") }
      deadlineMin = min(deadlineMin, deadline)
    }
  }

  /// A time that goes back changes nothing. Tried at random.
  private mutating func checkClock(_ state: inout AdmissionState, _ snapshot: Snapshot) {
    guard random.chance(1 / 32) else { return }
    let wake = state.wakeAt
    let action = state.next(at: now - Int64(random.logWithin(1...60e9)))
    if action != nil || state.wakeAt != wake || state.snapshot(at: now) != snapshot {
      fail("I8: a clock that goes back changes something")
    }
  }

  /// Of the first waiters of each class, at least one must not fit. Whose turn it is, is up to the limiter.
  private mutating func checkHeads(_ wakeAt: Int64?) {
    var last: CallID?
    var fits = true
    for place in classes.indices {
      guard let id = first(of: place), let entry = entries[id] else { continue }
      last = id
      fits = fits && accounts.allSatisfy { has(room: $0, entry) }
    }
    // After throttling, the limiter may hold back for a while; which window `auto` assumes is up to it.
    guard now - lastThrottle > 5_000_000_000, configuration.profile != .auto else { return }
    if fits { fail("I6: \(waiting) wait, though whoever is first fits") }
    if classes.count == 1, let last { checkHead(last, wakeAt) }
  }

  private func has(room account: Account, _ entry: Entry) -> Bool {
    let reserved = entry.reserved.counted(by: account.measure)
    guard account.fits(reserved, isForetold: isForetold, entry.predicted.counted(by: account.measure)) else { return false }
    return configuration.profile != .strict || !account.isPerMinute
      || account.wideWindow.sum + reserved <= max(account.rate, min(reserved, account.limit))
  }

  /// The head is admitted within the time in which what it lacks is refilled.
  private mutating func checkHead(_ id: CallID, _ wakeAt: Int64?) {
    guard isForetold, let entry = entries[id], !accounts.contains(where: { $0.measure == .concurrency }) else { return }
    guard var known = head, known.id == id, known.number == entry.number else {
      head = Head(id: id, number: entry.number, since: now, needs: accounts.map { need($0, entry) })
      return
    }
    var seconds = configuration.profile == .bucket ? 0.1 : 61.0
    for index in accounts.indices {
      let account = accounts[index]
      known.needs[index].rateMin = min(known.needs[index].rateMin, account.rate)
      let missing = known.needs[index]
      let rate = Double(missing.rateMin) / (Double(account.period) / 1e9)
      // One after the other: while one is awaited, the refill of the other may be lost above its capacity.
      seconds += (max(0, missing.ledger + account.surprises) + max(0, missing.pace + account.paceSurprises)) / rate
    }
    head = known
    if Double(now - known.since) / 1e9 > seconds { fail("I5: the head waits for longer than \(seconds) s") }
    // The timer must fire no later than the head fits.
    guard configuration.profile == .bucket else { return }
    let fits =
      accounts.map { $0.wait(entry.reserved.counted(by: $0.measure), entry.predicted.counted(by: $0.measure)) }.max() ?? 0
    if let wakeAt, fits < .max / 4, wakeAt > now + fits + 2_000_000 {
      fail("I6: the timer goes off \(wakeAt - now - fits) ns late")
    }
  }

  private func need(_ account: Account, _ entry: Entry) -> Need {
    let period = Double(account.period)
    // The capacity may rise while the head waits.
    let reserved = min(Double(entry.reserved.counted(by: account.measure)), Double(account.boundCapacity) / period)
    let predicted = Double(entry.predicted.counted(by: account.measure))
    return Need(
      ledger: reserved - Double(account.level) / period + Double(account.doubt) / period - account.surprises,
      pace: account.isPerMinute ? predicted - Double(account.pace) / period - account.paceSurprises : -1e18, rateMin: account.rate
    )
  }

  /// The end of a run: nothing is held, and in time everything is refilled.
  mutating func rest(_ state: inout AdmissionState) {
    let snapshot = state.snapshot(at: now)
    compare(snapshot)
    if !state.isIdle || snapshot.waiting != 0 || inFlight != 0 {
      fail("I9: \(snapshot.waiting) wait and \(inFlight) are out at rest")
    }
    if state.wakeAt != nil { fail("I9: a timer at rest") }
    // Debts are paid and scales have recovered. A request that is never sent then brings every meter up to date.
    if state.next(at: now + 7_200_000_000_000) != nil { fail("I9: something is let in at rest") }
    move(to: now + 7_200_000_000_000)
    compare(state.snapshot(at: now))
    move(to: now + 130_000_000_000)
    let request = Request(cost: Cost(reserved: Amounts()), isRetry: isDraining)
    let arrival = state.arrive(request, at: now)
    guard case .admitted(let lease) = arrival else {
      if !accounts.contains(where: { $0.limit == 0 || $0.levelTokens < 1 }) {
        fail("I9: nothing is let in at rest, but \(arrival)")
      }
      return
    }
    state.settle(lease, .cancelled, at: now)
    compare(state.snapshot(at: now))
  }
}
