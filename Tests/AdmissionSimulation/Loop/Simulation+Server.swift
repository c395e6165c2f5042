import AdmissionControl

extension Simulation {
  /// A request arrives at the server.
  mutating func reach(_ id: CallID) {
    if luck.chance(weather.noCapacity) {
      count { $0.capacity += 1 }
      return refuse(id, .capacity)
    }
    if luck.chance(weather.groundlessRefusals) {
      count { $0.throttled += 1 }
      return refuse(id, .throttled(luck.chance(0.5) ? .unknown : .tokens))
    }
    switch server.start(calls[id].fate.reserved(withBurndown: scenario.reservesBurndown), at: now) {
    case .refused(let measure):
      count { $0.throttled += 1 }
      refuse(id, .throttled(weather.silentRefusals ? .unknown : Self.reason(measure)))
    case .letIn(let ticket): start(id, ticket)
    }
  }

  private static func reason(_ measure: Measure) -> Outcome.Throttle {
    switch measure {
    case .requestsPerMinute: .requests
    case .tokensPerDay: .tokensPerDay
    default: .tokens
    }
  }

  private mutating func refuse(_ id: CallID, _ reply: Reply) {
    clients[calls[id].client].policy.serverRefused(id, at: now)
    calls[id].isOut = false
    if calls[id].phase == .sent { answer(id, reply, at: now + trip()) }
    release(id)
  }

  private mutating func start(_ id: CallID, _ ticket: ServerModel.Ticket) {
    let fate = calls[id].fate
    calls[id].ticket = ticket
    calls[id].startedAt = now
    calls[id].cutAfter = luck.chance(weather.cuts) ? Int64(luck.unit() * Double(fate.output)) : nil
    let (wait, tenant) = (calls[id].sentAt - calls[id].arrivedAt, Int(calls[id].ask.tenant))
    let final = fate.final(output: fate.output)
    count {
      $0.started += 1
      $0.waits.append(Float(Double(wait) / 1e9))
      $0.byTenant[tenant] += max(final.tokens, final.outputTokens)
    }
    let tokens = calls[id].cutAfter ?? fate.output
    plan(.finish, of: id, at: now + fate.firstToken + Int64(Double(tokens) * fate.nanosecondsPerToken))
    if calls[id].isGone { return breakOff(id) }
    if scenario.workload.isTrued { plan(.progress, of: id, at: now + (fate.firstToken + fate.duration) / 2) }
  }

  /// A reply ends or breaks off.
  mutating func finish(_ id: CallID) {
    guard calls[id].ticket != nil else { return }
    let isCut = calls[id].cutAfter != nil
    let final = calls[id].fate.final(output: calls[id].cutAfter ?? calls[id].fate.output)
    settle(id, final)
    guard calls[id].phase == .sent else { return release(id) }
    if luck.chance(weather.loss) {
      answer(id, .unknown(atMost: atMost(id)), at: now + scenario.timeout)
    } else if isCut {
      answer(id, .broken(used: final), at: now + trip())
    } else if luck.chance(weather.missingUsage) {
      answer(id, .unknown(atMost: atMost(id)), at: now + trip())
    } else {
      answer(id, .completed(final), at: now + trip())
    }
  }

  /// The server notices that the caller gave up.
  mutating func breakOff(_ id: CallID) {
    guard calls[id].ticket != nil else {
      calls[id].isGone = calls[id].isOut
      return
    }
    settle(id, calls[id].fate.final(output: calls[id].fate.output(after: now - calls[id].startedAt)))
    release(id)
  }

  private mutating func settle(_ id: CallID, _ final: Amounts) {
    let call = calls[id]
    server.settle(call.ticket!, final: final, at: now)
    calls[id].ticket = nil
    calls[id].isOut = false
    clients[call.client].policy.serverSettled(id, final: final, at: now)
    let tokens = max(final.tokens, final.outputTokens)
    count { [now] in
      $0.settled.tokens += final.tokens
      $0.settled.inputTokens += final.inputTokens
      $0.settled.outputTokens += final.outputTokens
      $0.settledRequests += 1
      $0.byClient[call.client] += tokens
      $0.finalMax = max($0.finalMax, tokens)
      $0.finalSquares += Double(tokens) * Double(tokens)
      $0.reservedSum += Double(call.fate.reserved.tokens)
      // As the client sees it: from the sending to the reply.
      $0.outSum += Double(call.fate.reserved.tokens - final.tokens) * Double(now - call.sentAt) / 1e9
    }
  }

  /// A request of another client.
  mutating func sendForeign() {
    guard weather.foreignShare > 0, now < scenario.end else { return }
    let fate = scenario.workload.fate(&luck)
    server.foreign(fate.final(output: fate.output), at: now)
    planForeign()
  }

  /// Other clients send as often as takes their share of the quota that they use most.
  mutating func planForeign() {
    var perMinute = Double.infinity
    for measure in server.measures where measure != .tokensPerDay {
      let each: Double =
        switch measure {
        case .requestsPerMinute, .concurrency: 1
        case .inputTokensPerMinute: scenario.workload.input.mean()
        case .outputTokensPerMinute: meanOutput
        case .tokensPerMinute, .tokensPerDay: meanFinal
        }
      perMinute = min(perMinute, Double(server.quota(measure) ?? 0) * weather.foreignShare / each)
    }
    guard perMinute.isFinite, perMinute > 0 else { return }
    plan(.foreign, at: now + Int64(luck.exponential(mean: 60 / perMinute) * 1e9))
  }
}
