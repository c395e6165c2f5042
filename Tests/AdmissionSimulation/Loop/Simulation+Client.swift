import AdmissionControl

extension Simulation {
  // MARK: - Arrivals

  /// Sources are workers, or the clients' arrival processes.
  func client(ofSource source: Int) -> Int { source % clients.count }

  mutating func planArrivals() {
    switch scenario.workload.arrivals {
    case .closed(let workers): for worker in 0..<workers { plan(.arrival, at: Int64(luck.within(0...0.2) * 1e9), worker) }
    case .poisson, .bursts: for client in clients.indices { plan(.arrival, at: pause(after: client), client) }
    }
  }

  /// When an arrival process sends its next request.
  private mutating func pause(after client: Int) -> Int64 {
    switch scenario.workload.arrivals {
    case .closed: now
    case .poisson(let rate): now + Int64(luck.exponential(mean: Double(clients.count) / rate) * 1e9)
    case .bursts(_, let every): now + Int64(luck.within(every * 0.5...every * 1.5) * 1e9)
    }
  }

  mutating func arrive(source: Int) {
    guard now < scenario.end else { return }
    switch scenario.workload.arrivals {
    case .closed(let workers):
      let tenant = tenant(at: (Double(source) + 0.5) / Double(workers))
      let seconds = Double(now) / 1e9
      if seconds < tenant.active.lowerBound { return plan(.arrival, at: Int64(tenant.active.lowerBound * 1e9), source) }
      if seconds <= tenant.active.upperBound { make(client: client(ofSource: source), worker: source, tenant: tenant.number) }
    case .poisson:
      make(client: source, worker: -1, tenant: tenant(at: luck.unit()).number)
      plan(.arrival, at: pause(after: source), source)
    case .bursts(let size, _):
      for _ in 0..<max(1, size / clients.count) { make(client: source, worker: -1, tenant: tenant(at: luck.unit()).number) }
      plan(.arrival, at: pause(after: source), source)
    }
  }

  private func tenant(at place: Double) -> Workload.Tenant {
    let all = scenario.workload.tenants.reduce(0) { $0 + $1.share }
    var sum = 0.0
    for tenant in scenario.workload.tenants {
      sum += tenant.share / all
      if place < sum { return tenant }
    }
    return scenario.workload.tenants[scenario.workload.tenants.count - 1]
  }

  private mutating func make(client: Int, worker: Int, tenant: UInt32) {
    let fate = scenario.workload.fate(&fates)
    let ask = scenario.workload.ask(fate, meanOutput: meanOutput, tenant: tenant, now: clock(of: client), &luck)
    var call = Call(client: client, worker: worker, fate: fate, ask: ask, arrivedAt: now)
    let id: CallID
    if let place = freePlaces.popLast() {
      call.generation = calls[place].generation &+ 1
      calls[place] = call
      id = place
    } else {
      id = calls.count
      calls.append(call)
    }
    arrived += 1
    if luck.chance(weather.givingUp) { plan(.cancel, of: id, at: now + Int64(luck.logWithin(0.001...30) * 1e9)) }
    submit(id)
  }

  // MARK: - A call at its client

  private mutating func submit(_ id: CallID) {
    let client = calls[id].client
    switch clients[client].policy.arrive(id, calls[id].ask, at: clock(of: client)) {
    case .send: send(id)
    case .wait:
      calls[id].phase = .waiting
      clients[client].waiting += 1
    case .drop: over(id, isDropped: true)
    }
  }

  mutating func send(_ id: CallID) {
    if luck.chance(weather.givingUp / 8) {
      let client = calls[id].client
      _ = clients[client].policy.ended(id, calls[id].ask, .unsent, at: clock(of: client))
      return over(id, isDropped: true)
    }
    calls[id].phase = .sent
    calls[id].sentAt = now
    calls[id].ask.attempts += 1
    guard luck.chance(weather.loss) else {
      calls[id].isOut = true
      return plan(.reach, of: id, at: now + trip())
    }
    answer(id, .unknown(atMost: atMost(id)), at: now + scenario.timeout)
  }

  /// The time of one message through the network.
  mutating func trip() -> Int64 {
    var seconds = luck.within(scenario.workload.networkSeconds)
    if weather.delayMeanSeconds > 0, luck.chance(0.3) {
      seconds += min(luck.exponential(mean: weather.delayMeanSeconds), 10 * weather.delayMeanSeconds)
    }
    return Int64(seconds * 1e9)
  }

  /// The most that a request can have cost.
  func atMost(_ id: CallID) -> Amounts {
    let (reserved, final) = (calls[id].fate.reserved, calls[id].fate.final(output: calls[id].fate.output))
    return Amounts(
      tokens: max(reserved.tokens, final.tokens), inputTokens: max(reserved.inputTokens, final.inputTokens),
      outputTokens: max(reserved.outputTokens, final.outputTokens))
  }

  mutating func answer(_ id: CallID, _ reply: Reply, at time: Int64) {
    calls[id].reply = reply
    plan(.reply, of: id, at: time)
  }

  mutating func handleCall(_ kind: Event.Kind, _ id: CallID) {
    switch (kind, calls[id].phase) {
    case (.reply, .sent): end(id, calls[id].reply)
    case (.again, .away): submit(id)
    case (.cancel, .waiting): giveUp(id)
    case (.cancel, .away): over(id, isDropped: true)
    case (.cancel, .sent): hangUp(id)
    case (.progress, .sent):
      let used = calls[id].fate.final(output: calls[id].fate.output(after: now - calls[id].startedAt))
      clients[calls[id].client].policy.progress(id, used: used, at: clock(of: calls[id].client))
    default: break
    }
  }

  private mutating func end(_ id: CallID, _ reply: Reply) {
    let client = calls[id].client
    switch clients[client].policy.ended(id, calls[id].ask, reply, at: clock(of: client)) {
    case .over:
      if case .completed = reply { over(id, isDropped: false) } else { over(id, isDropped: true) }
    case .again(let nanoseconds):
      calls[id].phase = .away
      if nanoseconds == 0 { submit(id) } else { plan(.again, of: id, at: now + nanoseconds) }
    }
  }

  private mutating func giveUp(_ id: CallID) {
    let client = calls[id].client
    clients[client].policy.giveUp(id, at: clock(of: client))
    clients[client].waiting -= 1
    over(id, isDropped: true)
  }

  /// The caller of a request under way goes: what has come by now is what the client knows that it cost.
  private mutating func hangUp(_ id: CallID) {
    let call = calls[id]
    // The server may have ended it already, or not begun.
    let whole = call.isOut ? 0 : call.cutAfter ?? call.fate.output
    let seen = call.ticket == nil ? whole : call.fate.output(after: now - call.startedAt)
    _ = clients[call.client].policy.ended(id, call.ask, .broken(used: call.fate.final(output: seen)), at: clock(of: call.client))
    if call.isOut { plan(.hangUp, of: id, at: now + trip()) }
    over(id, isDropped: true)
  }

  mutating func over(_ id: CallID, isDropped: Bool) {
    calls[id].phase = .over
    if isDropped { count { $0.dropped += 1 } }
    let worker = calls[id].worker
    if worker >= 0 {
      plan(.arrival, at: isDropped ? now + Int64(scenario.workload.sulkSeconds * 1e9) : now, worker)
    }
    release(id)
  }

  /// Frees the index for the next call, once no message about this one is left.
  mutating func release(_ id: CallID) {
    guard calls[id].phase == .over, !calls[id].isOut else { return }
    calls[id].generation &+= 1
    freePlaces.append(id)
  }
}
