import AdmissionControl
import AdmissionSimulation

/// Bedrock's side of a request, and the way there and back.
extension RoutingSimulation {
  private mutating func trip() -> Int64 { Int64(luck.within(scenario.workload.networkSeconds) * 1e9) }

  mutating func send(_ id: Int, to scope: Int) {
    exchanges[id].phase = .sent
    exchanges[id].scope = scope
    exchanges[id].sentAt = now
    if isMeasured { tally.attempts += 1 }
    plan(.reach(id), at: now + trip())
  }

  private mutating func answer(_ id: Int, _ reply: Exchange.Reply) {
    exchanges[id].reply = reply
    plan(.reply(id), at: now + trip())
  }

  mutating func reach(_ id: Int) {
    let (scope, request, output) = (exchanges[id].scope, exchanges[id].request, exchanges[id].output)
    guard !health[scope].isUnavailable else { return answer(id, .unavailable) }
    guard !health[scope].isDenied else { return answer(id, .denied) }
    switch scopes[scope].server.start(Amounts(tokens: request.reserved), at: now) {
    case .refused(let measure): answer(id, .throttled(measure))
    case .letIn(let ticket):
      exchanges[id].serverTicket = ticket
      let read = request.session.map { scopes[scope].cache.read($0, prompt: request.prompt, at: now) } ?? 0
      let final = request.prompt - read + scenario.workload.burndown * output
      exchanges[id].reply = .served(final: final, read: read, cached: 0)
      costs += final
      let seconds =
        exchanges[id].firstTokenSeconds + Double(request.prompt - read) / scenario.workload.inputPerSecond
        + Double(output) / scenario.workload.outputPerSecond
      plan(.finish(id), at: now + Int64(seconds * 1e9))
    }
  }

  mutating func finish(_ id: Int) {
    let (scope, request) = (exchanges[id].scope, exchanges[id].request)
    guard case .served(let final, let read, _) = exchanges[id].reply, let ticket = exchanges[id].serverTicket else {
      return fail("request \(id) ended without a beginning")
    }
    scopes[scope].server.settle(ticket, final: Amounts(tokens: final), at: now)
    exchanges[id].serverTicket = nil
    let cached = request.session.map { scopes[scope].cache.write($0, prompt: request.prompt, at: now) } ?? 0
    if isMeasured {
      tally.delivered[scope] += final
      tally.byTenant[Int(request.tenant)] += final
      tally.served += 1
      tally.waits.append(Float(Double(exchanges[id].sentAt - exchanges[id].arrivedAt) / 1e9))
      if request.session != nil {
        tally.prompts += request.prompt
        tally.reads += read
      }
    }
    answer(id, .served(final: final, read: read, cached: cached))
  }

  /// The reply is back.
  mutating func end(_ id: Int) {
    let exchange = exchanges[id]
    let (scope, request) = (exchange.scope, exchange.request)
    switch exchange.reply {
    case .served(let final, _, let cached):
      settle(id, .completed(Amounts(tokens: final)))
      settledCosts += final
      policy.ended(
        request, on: scope, .served(cached: cached, used: request.prompt + exchange.output, final: final), at: now)
      return over(id)
    case .throttled(let measure):
      if isMeasured { tally.throttled += 1 }
      let reason: Outcome.Throttle =
        switch measure {
        case .requestsPerMinute: .requests
        case .tokensPerDay: .tokensPerDay
        default: .tokens
        }
      settle(id, .throttled(reason))
      exchanges[id].wasThrottled = measure != .tokensPerDay
      policy.ended(request, on: scope, measure == .tokensPerDay ? .dayExhausted : .throttled, at: now)
    case .unavailable:
      if isMeasured { tally.failed += 1 }
      settle(id, .capacity)
      policy.ended(request, on: scope, .unavailable, at: now)
    case .denied:
      if isMeasured { tally.failed += 1 }
      settle(id, .failed(used: Amounts()))
      policy.ended(request, on: scope, .denied, at: now)
    }
    exchanges[id].request.failures += 1
    submit(id)
  }

  private mutating func settle(_ id: Int, _ outcome: Outcome) {
    guard let lease = exchanges[id].lease else { return }
    let scope = exchanges[id].scope
    exchanges[id].lease = nil
    scopes[scope].leases -= 1
    scopes[scope].limiter.settle(lease, outcome, at: now)
    stirred[scope] = true
  }
}
