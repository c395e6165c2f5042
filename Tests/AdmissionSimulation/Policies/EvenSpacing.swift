package import AdmissionControl

/// Even spacing below the quota, as AWS's own traffic shaper does it: a request's tokens over 85 % of the quota is the time to the next
/// (aws-samples/sample-traffic-shaping-for-amazon-bedrock, which validated 92 % at most without refusals).
///
/// Tokens are those that a request settles to, by the mean of those before it. What was refused comes again a second later.
package struct EvenSpacing: Policy {
  private let share: Double
  private let limits: [Limit]
  private var queue: [(id: CallID, ask: Ask)] = []
  private var first = 0
  private var freeAt: Int64 = 0
  private var outputMean: Double?

  package init(limits: [Limit], share: Double = 0.85) {
    self.limits = limits
    self.share = share
  }

  package mutating func arrive(_ id: CallID, _ ask: Ask, at now: Int64) -> Verdict {
    queue.append((id, ask))
    return .wait
  }

  package mutating func giveUp(_ id: CallID, at now: Int64) {
    if let place = queue[first...].firstIndex(where: { $0.id == id }) { queue.remove(at: place) }
  }

  package mutating func next(at now: Int64) -> Step? {
    guard first < queue.count, freeAt <= now else { return nil }
    let (id, ask) = queue[first]
    first += 1
    if first > 1_024 {
      queue.removeFirst(first)
      first = 0
    }
    let beyond = outputMean ?? Double(ask.cost.reserved.tokens - ask.cost.known.tokens) / 4
    var minutes = 0.0
    for limit in limits where limit.measure != .concurrency && limit.measure != .tokensPerDay {
      let amount: Double =
        switch limit.measure {
        case .requestsPerMinute: 1
        case .inputTokensPerMinute: Double(ask.cost.known.inputTokens)
        case .outputTokensPerMinute: beyond
        default: Double(ask.cost.known.tokens) + beyond
        }
      minutes = max(minutes, amount / (Double(limit.value) * share))
    }
    freeAt = max(freeAt, now - 1_000_000_000) + Int64(minutes * 60e9)
    return .send(id)
  }

  package var wakeAt: Int64? { first < queue.count ? freeAt : nil }

  package mutating func ended(_ id: CallID, _ ask: Ask, _ reply: Reply, at now: Int64) -> Sequel {
    switch reply {
    case .throttled, .capacity: return ask.attempts < 5 ? .again(after: 1_000_000_000) : .over
    case .completed(let final):
      let beyond = Double(max(final.tokens - ask.cost.known.tokens, final.outputTokens))
      outputMean = (outputMean ?? beyond) * 0.98 + beyond * 0.02
      return .over
    case .broken, .unknown, .unsent: return .over
    }
  }
}
