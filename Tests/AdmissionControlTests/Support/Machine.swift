import AdmissionControl
import Testing

let second: Int64 = 1_000_000_000
let minute = 60 * second

extension Cost {
  /// A request predicted to cost what it reserves.
  static func exactly(_ tokens: Int64) -> Cost {
    let amounts = Amounts(tokens: tokens, inputTokens: tokens, outputTokens: tokens)
    return Cost(reserved: amounts, known: amounts, predicted: amounts)
  }

  /// A request predicted to cost nothing, so that only the meter decides.
  static func reserving(_ tokens: Int64) -> Cost {
    Cost(reserved: Amounts(tokens: tokens, inputTokens: tokens, outputTokens: tokens), predicted: .zero)
  }
}

extension LimiterConfiguration {
  /// A configuration without learning.
  static func plain(_ limits: [Limit], profile: Profile = .bucket) -> LimiterConfiguration {
    var configuration = LimiterConfiguration(limits: limits, profile: profile)
    configuration.learnsLimits = false
    return configuration
  }
}

/// The answers of a state machine, in order.
struct Said {
  var admitted: [(id: WaiterID, lease: Lease, at: Int64)] = []
  var refused: [(id: WaiterID, refusal: Refusal, at: Int64)] = []
}

extension AdmissionState {
  /// Collects all answers at a time.
  mutating func sayAll(at now: Int64, into said: inout Said) {
    while let action = next(at: now) {
      switch action {
      case .admit(let id, let lease): said.admitted.append((id, lease, now))
      case .refuse(let id, let refusal): said.refused.append((id, refusal, now))
      }
    }
  }

  /// Lets time pass as the timer of a limiter does.
  mutating func run(from start: Int64, to end: Int64, into said: inout Said) {
    var now = start
    sayAll(at: now, into: &said)
    while let wakeAt, wakeAt <= end {
      now = max(now, wakeAt)
      sayAll(at: now, into: &said)
    }
    sayAll(at: end, into: &said)
  }

  func available(_ measure: Measure) -> Int64? { snapshot().meters.first { $0.measure == measure }?.available }

  /// A request that must have to wait.
  mutating func waiter(_ request: Request, at now: Int64) throws -> WaiterID {
    let arrival = arrive(request, at: now)
    return try #require(arrival.waiter, "\(arrival)")
  }

  /// A lease, which must be granted at once.
  mutating func granted(_ cost: Cost, at now: Int64) throws -> Lease {
    let lease = lease(cost, at: now)
    return try #require(lease, "no room")
  }

  /// A lease, if it is granted at once.
  mutating func lease(_ cost: Cost, at now: Int64, tenant: UInt32 = 0) -> Lease? {
    if case .admitted(let lease)? = tryArrive(Request(cost: cost, tenant: tenant), at: now) { lease } else { nil }
  }
}

extension Arrival {
  var waiter: WaiterID? { if case .waiting(let id, _) = self { id } else { nil } }
  var eta: Int64? { if case .waiting(_, let eta) = self { eta } else { nil } }
  var refusal: Refusal? { if case .refused(let refusal) = self { refusal } else { nil } }
  var lease: Lease? { if case .admitted(let lease) = self { lease } else { nil } }
}

/// The number of values that something holds, at any depth. It must not grow.
func footprint(_ value: Any) -> Int { Mirror(reflecting: value).children.reduce(1) { $0 + footprint($1.value) } }
