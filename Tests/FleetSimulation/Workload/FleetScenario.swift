package import AdmissionSimulation

/// A simulated fleet: its members, what they ask for, the store, the service, and what goes wrong.
package struct FleetScenario: Sendable {
  package var members = 32
  /// Tokens per minute.
  package var quota: Int64 = 2_000_000
  package var semantics = Semantics.bucket60
  package var isStrict = false
  package var demand = FleetDemand.saturated
  /// The size of requests, as a multiple of the usual one.
  package var requestScale = 1.0
  package var store = Store.scripted
  /// How far each process's clock is off at most, in seconds. Only members of a table use their own.
  package var clockSeconds = 0.0
  /// The mean time to the store, one way, in seconds.
  package var storeSeconds = 0.001
  /// Seconds until demand ends.
  package var seconds = 920.0
  /// Seconds before the measuring begins.
  package var warmUp = 120.0
  package var seed: UInt64 = 1
  /// Hundredths, by member; members beyond the list have 100.
  package var weights: [Int64] = []
  /// The least horizons in ms, by member; members beyond the list have 250.
  package var horizons: [Int64] = []
  /// Whether each tier of a member has a ticket of its own.
  package var hasFlows = false
  /// Whether requests are of all tiers, in turn.
  package var mixesTiers = false
  /// Whether throttled requests lower the limits.
  package var learnsLimits = false
  /// Each with its time in seconds.
  package var faults: [(at: Double, fault: FleetFault)] = []
  /// Seconds after the end of demand in which open requests may end; 0: the run stops at the end of demand.
  package var tail = 0.0
  /// Seconds that a request may wait at the head of its member's queue before it counts as starving; nil: no bound.
  package var starvationSeconds: Double?

  /// What the members share.
  package enum Store: Sendable {
    /// A server that runs the arithmetic, as Redis and Valkey do.
    case scripted
    /// A table with conditional writes.
    case dynamoDB
  }

  package init() {}

  package func with(_ change: (inout FleetScenario) -> Void) -> FleetScenario {
    var scenario = self
    change(&scenario)
    return scenario
  }

  /// Tokens per second.
  var rate: Double { Double(quota) / 60 }
  /// Usual requests per second that the quota allows.
  var requestsPerSecond: Double { rate / (FleetRequest.meanFinal * requestScale) }

  /// Whether a member always has requests that wait.
  func isEndless(_ member: Int) -> Bool {
    switch demand {
    case .saturated, .tiers: true
    case .skewed(let endless): member < endless
    case .urgent(let urgent): member >= urgent
    case .poisson, .bursts: false
    }
  }

  /// The tier of the requests that endless members always have.
  var endlessTier: Int { if case .tiers = demand { 2 } else { 0 } }

  /// Arrivals per second at a member, besides its endless supply; for bursts, bursts per second.
  func arrivalRate(_ member: Int) -> Double {
    if case .tiers(let members, let load) = demand { return member < members ? load * requestsPerSecond / Double(members) : 0 }
    guard !isEndless(member) else { return 0 }
    return switch demand {
    case .saturated, .tiers: 0
    case .skewed(let endless): 0.3 * requestsPerSecond / Double(members - endless)
    case .urgent(let urgent): 0.3 * requestsPerSecond / Double(urgent)
    case .poisson(let load): load * requestsPerSecond / Double(members)
    case .bursts(let load): load * requestsPerSecond / Double(members) / 20
    }
  }

  /// The requests that an endless member keeps in its queue: more than one sync books.
  var backlog: Int { max(24, Int(requestsPerSecond * 0.4)) }
}
