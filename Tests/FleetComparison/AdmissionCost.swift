import AdmissionControl
import AdmissionSimulation
import FleetStore

/// What a member costs a process for each request, beside the same limiter alone.
///
/// Both queue, admit and settle the same requests, 16 at a time, without tasks, locks and network. The member's figure has all of its own
/// work and that of the store's arithmetic, which in a fleet is the server's.
enum AdmissionCost {
  private static let batch = 16
  private static let tokens: Int64 = 1_000
  /// - Parameter rate: tokens per millisecond.
  private static func limits(_ rate: Int64) -> [Limit] {
    [Limit(.tokensPerMinute, rate * 60_000), Limit(.requestsPerMinute, 600_000_000), Limit(.tokensPerDay, 99_000_000_000)]
  }
  private static let rounds = 9

  /// Prints medians of several rounds.
  /// - Returns: whether a member costs at most 2 µs for each request.
  static func run(requests: Int) -> Bool {
    var (alone, member) = ([Double](), [Double]())
    for _ in 0..<rounds {
      alone.append(time(requests, alone: true))
      member.append(time(requests, alone: false))
    }
    func median(_ times: [Double]) -> Double { times.sorted()[times.count / 2] }
    let extra = median(zip(member, alone).map { $0 - $1 })
    print("limiter alone          \(format(median(alone))) ns per request")
    print("member of a fleet      \(format(median(member))) ns per request, with the store's arithmetic")
    print("more for the member    \(format(extra)) ns per request; goal: at most 2000  \(extra <= 2_000 ? "pass" : "FAIL")")
    return extra <= 2_000
  }

  private static func format(_ number: Double) -> String {
    let text = "\(Int(number.rounded()))"
    return String(repeating: " ", count: max(0, 6 - text.count)) + text
  }

  /// Nanoseconds for each request.
  private static func time(_ requests: Int, alone: Bool) -> Double {
    // Alone, each batch waits for a millisecond's refill. A member always waits for its store, which has enough.
    let limits = limits(alone ? 16_000 : 160_000)
    var configuration = LimiterConfiguration(limits: limits, profile: .bucket)
    configuration.isPrepaid = !alone
    configuration.queueWaitMax = .seconds(1_000_000)
    var bench = Bench(state: AdmissionState(configuration, at: 0))
    // What may start at once after a pause is used up, so that every request waits.
    if alone { bench.state.debit(Amounts(tokens: 16_000_000), at: 0) }
    var store = FleetTwin()
    var dice = Random(seed: 1)
    let meters = limits.map { FleetMemberConfiguration.Meter($0.measure, limit: min($0.value, FleetBounds.unitsMax)) }
    var member = FleetMember(FleetMemberConfiguration(name: "member", meters: meters, discoveredAt: 1))
    let start = ContinuousClock.now
    for _ in 1...(requests / batch) {
      if !alone { bench.now += 1_000_000 }
      for _ in 0..<batch { bench.arrive(tokens) }
      if alone {
        // Its turn comes a millisecond later.
        bench.now += 1_000_000
        bench.admit()
      }
      while !alone, bench.state.demand.waiting > 0 {
        switch member.next(bench, at: bench.now, using: &dice) {
        case .sync(let request, _):
          guard let reply = try? store.sync(request, at: 1_700_000_000_000 + bench.now / 1_000_000) else {
            preconditionFailure("The store refused.")
          }
          member.answered(reply, to: request.sequence, at: bench.now, using: &dice)
        case .grant(let grants):
          for grant in grants { bench.state.grant(grant.chunk, of: grant.measure, at: bench.now) }
          bench.admit()
        case .wait, .giveBack, .end: bench.now += 1_000_000
        }
      }
      bench.settle(tokens)
    }
    let elapsed = ContinuousClock.now - start
    return elapsed / .nanoseconds(1) / Double(requests)
  }

  private struct Bench: FleetLimiter {
    var state: AdmissionState
    var leases: [Lease] = []
    var now: Int64 = 0

    mutating func arrive(_ tokens: Int64) {
      if case .admitted(let lease) = state.arrive(Request(cost: Cost(input: tokens, maxTokens: 0)), at: now) {
        leases.append(lease)
      }
    }

    mutating func admit() {
      while case .admit(_, let lease)? = state.next(at: now) { leases.append(lease) }
    }

    mutating func settle(_ tokens: Int64) {
      for lease in leases { state.settle(lease, .completed(Amounts(tokens: tokens)), at: now) }
      leases.removeAll(keepingCapacity: true)
    }

    func debt(_ measure: Measure) -> PrepaidDebt? { state.owed(measure, at: now) }
    var demand: (waiting: Int, inFlight: Int) { state.demand }
    func uncovered(_ count: Int) -> [UncoveredRequest] { state.uncovered(count, at: now) }
    func reservedInFlight(_ measure: Measure) -> [(admittedAt: Int64, units: Int64)]? { nil }
  }
}
