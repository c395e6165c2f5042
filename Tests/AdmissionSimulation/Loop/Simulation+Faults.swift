import AdmissionControl

extension Simulation {
  mutating func planFaults() {
    for (index, fault) in scenario.faults.enumerated() {
      plan(.faultBegins, at: fault.from, index)
      if fault.to < .max { plan(.faultEnds, at: fault.to, index) }
    }
  }

  mutating func begin(_ fault: Fault, _ index: Int) {
    switch fault.kind {
    case .clockBack(let client, let seconds):
      guard clients.indices.contains(client) else { return }
      clients[client].clockOffset -= Int64(seconds * 1e9)
      plan(.clockBack, at: now, client)
    case .pause(let client):
      guard clients.indices.contains(client) else { return }
      clients[client].pausedUntil = fault.to
    case .quota(let factor, let isTold):
      setQuotas(isTold) { max(1, Int64(Double($0) * factor)) }
    case .foreign(let share):
      weather.foreignShare = share
      planForeign()
    default: set(fault.kind, isOn: true)
    }
  }

  mutating func end(_ fault: Fault) {
    switch fault.kind {
    case .clockBack, .pause: break
    case .quota(_, let isTold): setQuotas(isTold) { $0 }
    case .foreign: weather.foreignShare = 0
    default: set(fault.kind, isOn: false)
    }
  }

  private mutating func set(_ kind: Fault.Kind, isOn: Bool) {
    func value(_ value: Double) -> Double { isOn ? value : 0 }
    switch kind {
    case .delay(let mean): weather.delayMeanSeconds = value(mean)
    case .loss(let probability): weather.loss = value(probability)
    case .groundlessRefusals(let probability): weather.groundlessRefusals = value(probability)
    case .silentRefusals: weather.silentRefusals = isOn
    case .noCapacity(let probability): weather.noCapacity = value(probability)
    case .cuts(let probability): weather.cuts = value(probability)
    case .missingUsage(let probability): weather.missingUsage = value(probability)
    case .givingUp(let probability): weather.givingUp = value(probability)
    case .lateTimers(let seconds): weather.lateTimers = value(seconds)
    case .clockBack, .pause, .quota, .foreign: break
    }
  }

  private mutating func setQuotas(_ isTold: Bool, _ value: (Int64) -> Int64) {
    for limit in scenario.limits where limit.measure != .concurrency && limit.measure != .tokensPerDay {
      server.setQuota(limit.measure, value(limit.value), at: now)
      guard isTold else { continue }
      for client in clients.indices {
        clients[client].policy.told(
          Limit(limit.measure, Scenario.part(value(limit.value), of: clients.count)), at: clock(of: client))
      }
    }
    if isTold { for client in clients.indices where clients[client].pausedUntil <= now { settleDown(client) } }
  }

  /// No more requests arrive, all faults end, and most waiters give up.
  mutating func close() {
    let foreignShare = weather.foreignShare
    weather = Weather()
    weather.foreignShare = foreignShare
    for client in clients.indices { clients[client].policy.close(at: clock(of: client)) }
    let waiting = calls.indices.filter { calls[$0].phase == .waiting }
    for id in waiting where !luck.chance(30 / Double(waiting.count)) { plan(.cancel, of: id, at: now) }
    for client in clients.indices { settleDown(client) }
  }

  func checkServedOut() -> String? {
    let left = calls.count { $0.phase == .waiting }
    return left > 0 ? "I9: \(left) still wait when nothing happens any more" : nil
  }

  mutating func checkEnd() {
    guard scenario.isServedOut else { return }
    if let message = checkServedOut() { fail(message) }
    for client in clients.indices {
      clients[client].policy.rest(at: clock(of: client))
      if let broken = clients[client].policy.violation { fail(broken) }
    }
  }

  mutating func sample() {
    guard let every = scenario.sampleNanoseconds, now <= scenario.end else { return }
    var gauge = clients[0].policy.gauge
    gauge.waiting = clients.reduce(0) { $0 + $1.waiting }
    let measure = server.measures.first { $0 != .requestsPerMinute } ?? .requestsPerMinute
    keep(
      Tally.Sample(
        seconds: Double(now) / 1e9, settledTokens: tally.settled.tokens, throttled: tally.throttled,
        room: server.room(measure, at: now), gauge: gauge))
    plan(.sample, at: now + every)
  }
}
