import AdmissionControl

/// An event for the state machine and the oracle.
enum Step: Equatable {
  case pass(Int64)
  /// - Parameter back: nanoseconds by which the event's time goes back.
  case ask(reserved: Int64, predicted: Int64, back: Int64)
  /// The lease at this position ends, the oldest first.
  case end(Int, final: Int64)
  case limit(Int, Int64)
}

/// A sequence of events, and where the state machine and the oracle differ.
struct Trace {
  var limits: [Limit]
  var isStrict: Bool
  var steps: [Step]

  init(seed: Int) {
    var random = Generator(seed: seed)
    let scale: Int64 = [10, 1_000, 100_000, 10_000_000][Int(random.int(0...3))]
    limits = [Limit(.requestsPerMinute, random.int(1...600)), Limit(.tokensPerMinute, random.int(1...60 * scale))]
    if random.chance(0.3) { limits.append(Limit(.tokensPerDay, random.int(1...600 * scale))) }
    if random.chance(0.3) { limits.removeFirst() }
    isStrict = random.chance(0.4)
    steps = []
    for _ in 0..<random.int(5...40) {
      switch random.int(0...9) {
      case 0...2: steps.append(.pass(random.chance(0.1) ? random.int(0...90 * second) : random.int(0...2 * second)))
      case 3...6:
        let reserved = random.chance(0.2) ? random.int(0...80 * scale) : random.int(0...scale * 4)
        steps.append(
          .ask(reserved: reserved, predicted: random.int(0...reserved), back: random.chance(0.2) ? random.int(0...minute) : 0))
      case 7, 8: steps.append(.end(Int(random.int(0...3)), final: random.int(0...scale * 6)))
      default:
        let value = random.chance(0.1) ? 0 : random.int(1...60 * scale)
        steps.append(.limit(Int(random.int(0...1)), value))
      }
    }
  }

  /// - Parameter forget: pretends an error of the state machine: it forgets debts.
  /// - Returns: nil if they agree.
  func difference(forgettingDebt forget: Bool = false) -> String? {
    var configuration = LimiterConfiguration.plain(limits, profile: isStrict ? .strict : .bucket)
    configuration.headroom = Oracle.headroom
    configuration.queueWaitMax = .seconds(Int64.max)
    var state = AdmissionState(configuration, at: 0)
    var oracle = Oracle(limits, isStrict: isStrict, at: 0)
    var grants: [(lease: Lease, grant: Oracle.Grant)] = []
    for (index, step) in steps.enumerated() {
      switch step {
      case .pass(let time): oracle.pass(to: oracle.now + time)
      case .ask(let reserved, let predicted, let back):
        let cost = Cost(reserved: Amounts(tokens: reserved), predicted: Amounts(tokens: predicted))
        // A clock can only go back from a time that it has shown.
        if back > 0 { _ = state.tryArrive(Request(cost: Cost(reserved: Amounts(tokens: -1))), at: oracle.now) }
        let arrival = state.arrive(Request(cost: cost), at: oracle.now - back)
        let wait = oracle.wait(reserved: reserved, predicted: predicted)
        switch (arrival, wait) {
        case (.admitted(let lease), 0): grants.append((lease, oracle.take(reserved: reserved, predicted: predicted)))
        case (.waiting(let id, let eta), let wait?) where eta == wait && wait > 0: _ = state.cancel(id, at: oracle.now)
        case (.refused(let refusal), nil) where refusal.code == .neverFits: break
        default: return "step \(index), \(step): \(arrival), and the oracle says \(wait.map(String.init) ?? "never")"
        }
        guard case .admitted = arrival else { continue }
        for (meter, gate) in zip(state.snapshot().meters, oracle.gates) {
          // Rounded towards zero, as integer division does.
          let millionths = (gate.ledger.level(at: oracle.now) * 1_000_000).floor
          guard Int128(meter.available) != millionths / 1_000_000 else { continue }
          return "step \(index), \(step): \(meter) has \(meter.available), the oracle \(millionths / 1_000_000)"
        }
      case .end(let position, let final):
        guard !grants.isEmpty else { continue }
        let (lease, grant) = grants.remove(at: min(position, grants.count - 1))
        let booked = forget ? min(final, grant.reserved) : final
        state.settle(lease, .completed(Amounts(tokens: booked)), at: oracle.now)
        oracle.end(grant, final: final)
      case .limit(let index, let value):
        guard limits.indices.contains(index) else { continue }
        state.setLimit(limits[index].measure, value, at: oracle.now)
        oracle.set(index, limit: value)
      }
    }
    return nil
  }

  /// The shortest trace that still fails, with small numbers.
  func shrunk(_ fails: (Trace) -> Bool) -> Trace {
    var best = self
    func attempt(_ steps: [Step]) -> Bool {
      var next = best
      next.steps = steps
      guard steps != best.steps, fails(next) else { return false }
      best = next
      return true
    }
    var length = max(1, steps.count / 2)
    while length >= 1 {
      var start = 0
      while start < best.steps.count {
        var fewer = best.steps
        fewer.removeSubrange(start..<min(start + length, fewer.count))
        if !attempt(fewer) { start += length }
      }
      length /= 2
    }
    for index in best.steps.indices {
      for smaller in best.steps[index].smaller {
        var steps = best.steps
        steps[index] = smaller
        if attempt(steps) { break }
      }
    }
    return best
  }
}

extension Step {
  fileprivate var smaller: [Step] {
    switch self {
    case .pass(let time): [.pass(time / second * second), .pass(second)]
    case .ask(let reserved, let predicted, _):
      [.ask(reserved: reserved, predicted: 0, back: 0), .ask(reserved: reserved, predicted: predicted, back: 0)]
    case .end(_, let final): [.end(0, final: 0), .end(0, final: final)]
    case .limit(let index, _): [.limit(index, 1)]
    }
  }
}
