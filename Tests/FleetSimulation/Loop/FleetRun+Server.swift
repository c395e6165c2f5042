import AdmissionControl
import AdmissionSimulation
import FleetStore

/// The service, and what comes back from it.
extension FleetRun {
  mutating func reachServer(_ index: Int) {
    let isCounted = isMeasured
    switch server.start(Amounts(tokens: requests[index].reserved), at: now) {
    case .letIn(let ticket):
      tickets[index] = ticket
      if isCounted { tally.accepted += 1 }
      plan(.finish(index), at: now + requests[index].duration)
    case .refused:
      if isCounted { tally.throttled += 1 }
      tally.throttledBySecond[Int(now / Self.second)] += 1
      watch.throttled(at: now)
      plan(.reply(index, isThrottled: true), in: random.exponential(mean: Self.serviceSeconds))
    }
  }

  mutating func finish(_ index: Int) {
    guard let ticket = tickets.removeValue(forKey: index) else { return }
    let final = requests[index].final
    server.settle(ticket, final: Amounts(tokens: final), at: now)
    if isMeasured { tally.byMember[owners[index].place] += Double(final) }
    tally.deliveredBySecond[Int(now / Self.second)] += Double(final)
    plan(.reply(index, isThrottled: false), in: random.exponential(mean: Self.serviceSeconds))
  }

  mutating func reply(_ index: Int, isThrottled: Bool, _ event: FleetEvent) {
    let (place, generation) = owners[index]
    guard isCurrent(place, generation) else { return }
    if now < processes[place].stoppedUntil { return plan(event.kind, at: processes[place].stoppedUntil) }
    processes[place].limiter.now = now
    guard isThrottled else {
      let final = requests[index].final
      processes[place].spent += final
      processes[place].limiter.settle(index, .completed(Amounts(tokens: final)), at: now)
      return pump(place)
    }
    processes[place].throttled(index, at: now)
    requests[index].wasThrottled = true
    enter(index, at: place, isRetry: true)
    drive(place)
  }

  /// Somebody else takes a part of the quota every 0.1 s.
  mutating func useForeign() {
    guard foreignShare > 0, isOpen else {
      isForeignPlanned = false
      return
    }
    server.foreign(Amounts(tokens: Int64(foreignShare * Double(quota) / 600)), at: now)
    plan(.foreign, in: 0.1)
  }
}
