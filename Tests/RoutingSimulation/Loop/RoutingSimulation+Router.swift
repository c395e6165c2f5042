import AdmissionControl

/// The router's side: plans, tickets in the queues of limiters, and who takes which.
extension RoutingSimulation {
  mutating func submit(_ id: Int) {
    let plan = decide(id)
    exchanges[id].phase = .waiting
    exchanges[id].plan = plan
    exchanges[id].plans += 1
    exchanges[id].stepsLeft = plan.steps.count
    guard !plan.steps.isEmpty else { return giveUp(id) }
    for (index, step) in plan.steps.enumerated() {
      if step.after > 0 {
        self.plan(.step(id, index: index, plan: exchanges[id].plans), at: now + step.after)
      } else {
        enter(id, step)
        guard exchanges[id].phase == .waiting else { return }
      }
    }
  }

  /// The policy asks copies of the limiters, so that none of them changes.
  private mutating func decide(_ id: Int) -> RoutePlan {
    let (scopes, now) = (scopes, now)
    let requests = { [exchange = exchanges[id], foretells = scenario.foretellsCache] (cached: Int64) in
      exchange.admission(cached: foretells ? cached : 0)
    }
    return policy.route(
      exchanges[id].request, scopes.map(\.view), eta: { scopes[$0].eta(requests($1), at: now) }, at: now)
  }

  mutating func step(_ id: Int, _ index: Int, _ plan: UInt32) {
    guard exchanges[id].phase == .waiting, exchanges[id].plans == plan else { return }
    enter(id, exchanges[id].plan.steps[index])
  }

  private mutating func enter(_ id: Int, _ step: RoutePlan.Step) {
    exchanges[id].stepsLeft -= 1
    guard policy.usesLimiters else { return send(id, to: step.candidates[0].scope) }
    for candidate in step.candidates where !exchanges[id].tickets.contains(where: { $0.scope == candidate.scope }) {
      ask(id, candidate)
      guard exchanges[id].phase == .waiting else { return }
    }
    if exchanges[id].tickets.isEmpty, exchanges[id].stepsLeft == 0 { comeBack(id) }
  }

  /// Every limiter has refused it, for its retry budget. It comes back in a second.
  private mutating func comeBack(_ id: Int) {
    exchanges[id].plans += 1
    exchanges[id].stepsLeft = 1
    let all = scopes.indices.map { RoutePlan.Candidate(scope: $0) }
    exchanges[id].plan = RoutePlan(steps: [.init(after: 1_000_000_000, candidates: all)])
    plan(.step(id, index: 0, plan: exchanges[id].plans), at: now + 1_000_000_000)
  }

  private mutating func ask(_ id: Int, _ candidate: RoutePlan.Candidate) {
    let scope = candidate.scope
    let request = exchanges[id].admission(cached: scenario.foretellsCache ? candidate.cached : 0)
    stirred[scope] = true
    switch scopes[scope].limiter.arrive(request, at: now) {
    case .admitted(let lease): take(id, scope, lease)
    case .waiting(let waiter, _):
      scopes[scope].owners[waiter] = id
      exchanges[id].tickets.append(.init(scope: scope, waiter: waiter))
    case .refused: break
    }
  }

  /// A scope admits a request: it leaves all other queues.
  private mutating func take(_ id: Int, _ scope: Int, _ lease: Lease) {
    if exchanges[id].phase != .waiting { fail("request \(id) was admitted twice") }
    scopes[scope].leases += 1
    exchanges[id].lease = lease
    for ticket in exchanges[id].tickets where scopes[ticket.scope].owners[ticket.waiter] != nil {
      scopes[ticket.scope].owners[ticket.waiter] = nil
      if !scopes[ticket.scope].limiter.cancel(ticket.waiter, at: now) { fail("a ticket of request \(id) was gone") }
      stirred[ticket.scope] = true
    }
    exchanges[id].tickets = []
    send(id, to: scope)
  }

  mutating func giveUp(_ id: Int) {
    if isMeasured { tally.givenUp += 1 }
    over(id)
  }

  /// Asks every limiter that may have changed for all its decisions.
  mutating func settleDown() {
    while let scope = stirred.firstIndex(of: true) {
      stirred[scope] = false
      answer(scope)
      setTimer(scope)
      if !stirred[scope] { check(scope) }
    }
  }

  private mutating func answer(_ scope: Int) {
    while let action = scopes[scope].limiter.next(at: now) {
      switch action {
      case .admit(let waiter, let lease):
        guard let id = scopes[scope].owners.removeValue(forKey: waiter) else { return fail("nobody's ticket was admitted") }
        take(id, scope, lease)
      case .refuse(let waiter, let refusal):
        guard let id = scopes[scope].owners.removeValue(forKey: waiter) else { return fail("nobody's ticket was refused") }
        exchanges[id].tickets.removeAll { $0.scope == scope }
        fail("request \(id) was refused: \(refusal.code)")
      }
    }
  }

  private mutating func setTimer(_ scope: Int) {
    guard let wake = scopes[scope].limiter.wakeAt else { return }
    let time = max(wake, now + 1)
    if let planned = scopes[scope].wake, planned <= time, planned > now { return }
    scopes[scope].wake = time
    plan(.wake(scope: scope), at: time)
  }
}
