import AdmissionControl
import AdmissionSimulation

@testable import FleetStore

/// A member with three tiers and its store, between which anything may be lost.
struct FlowCourse {
  static let capacity: Int64 = 10_000_000_000
  static let places: Int64 = 100

  var member: FleetMember
  var limiter = EagerLimiter()
  var store = FleetTwin()
  var random: Random
  var now: Int64 = 0
  /// The share of syncs whose request or whose answer is lost.
  var loss = 0.2
  /// Whether the store loses everything now and then, or the process sleeps until the store has forgotten it.
  var forgets = false
  private(set) var losses = 0

  init(seed: UInt64) {
    random = Random(seed: seed)
    var day = FleetMemberConfiguration.Meter(.tokensPerDay, limit: 1)
    day.limit = FleetLimit(.day, rate: 0, capacity: Self.capacity)
    var configuration = FleetMemberConfiguration(
      name: "a", meters: [.init(.tokensPerMinute, limit: 600_000), day, .init(.concurrency, limit: Self.places)],
      discoveredAt: 1_000)
    configuration.tierWeights = [70, 25, 5]
    // What is used without the store would not be booked request by request.
    configuration.fallback = .closed
    member = FleetMember(configuration)
  }

  /// Whether all requests in flight are counted, and no others, as far as the member has told everything.
  var countsPlaces: Bool {
    guard let state = store.state, state.epoch == member.epoch, !member.isChanged, member.exchange == nil else { return true }
    return state.meters[2].level == Self.places - Int64(limiter.inFlight.count)
  }

  private mutating func forget() {
    losses += 1
    now += 10 * millisecond
    guard random.chance(0.3) else { return store = FleetTwin() }
    now += 700_000 * millisecond
    // Whoever comes first finds those who are gone.
    let meters = member.limits.map { SyncRequest.Meter($0) }
    _ = try? store.sync(SyncRequest(member: "b", sequence: Int64(losses), meters: meters), at: 1_000_000 + now / millisecond)
  }

  mutating func step() {
    if forgets, random.chance(0.02) { forget() }
    switch random.below(8) {
    case 0, 1, 2:
      let tokens = Int64(1 + random.below(20_000))
      limiter.requests.append(
        UncoveredRequest(reserved: Amounts(tokens: tokens), predicted: Amounts(tokens: tokens / 2), tier: random.below(3)))
    case 3, 4: limiter.end(&random)
    case 5: if !limiter.requests.isEmpty { limiter.requests.remove(at: random.below(limiter.requests.count)) }
    case 6: if random.chance(0.05) { pass(70_000) }
    default: pass(Int64(1 + random.below(2_000)))
    }
    drive()
  }

  /// Everything ends, nothing is lost, and the member has time to tell.
  mutating func rest() {
    loss = 0
    limiter.requests = []
    while !limiter.inFlight.isEmpty { limiter.end(&random) }
    for _ in 0..<400 { pass(500) }
  }

  private mutating func pass(_ milliseconds: Int64) {
    now += milliseconds * millisecond
    drive()
  }

  private mutating func drive() {
    while true {
      switch member.next(limiter, at: now, using: &random) {
      case .sync(let request, let timeout): exchange(request, timeout)
      case .grant(let grants):
        for grant in grants where grant.measure == .tokensPerDay { limiter.take(grant.chunk.reserved) }
      case .giveBack: continue
      case .wait, .end: return
      }
    }
  }

  private mutating func exchange(_ request: SyncRequest, _ timeout: Int64) {
    let isLost = random.chance(loss)
    var reply: SyncReply?
    if !isLost || random.chance(0.5) { reply = try? store.sync(request, at: 1_000_000 + now / millisecond) }
    if let reply, !isLost {
      now += millisecond
      member.answered(reply, to: request.sequence, at: now, using: &random)
    } else {
      now += timeout
      member.failed(request.sequence, at: now, using: &random)
    }
  }
}

/// A limiter whose requests go as soon as a chunk comes, the most urgent first. What is left of the chunk goes back.
struct EagerLimiter: FleetLimiter {
  var requests: [UncoveredRequest] = []
  /// What each holds.
  var inFlight: [Int64] = []
  var owed: Int64 = 0

  var demand: (waiting: Int, inFlight: Int) { (requests.count, inFlight.count) }
  var waitingTiers: TierSet { requests.reduce(into: TierSet()) { $0.insert($1.tier) } }
  func debt(_ measure: Measure) -> PrepaidDebt? {
    let units = measure == .concurrency ? Int64(inFlight.count) : owed
    return PrepaidDebt(reserved: units * Meter.micro, predicted: units * Meter.micro)
  }
  func uncovered(_ count: Int) -> [UncoveredRequest] { Array(requests.prefix(count)) }
  func reservedInFlight(_ measure: Measure) -> [(admittedAt: Int64, units: Int64)]? { nil }

  mutating func take(_ units: Int64) {
    var left = units
    requests.sort { $0.tier < $1.tier }
    while let tokens = requests.first?.reserved.tokens, tokens <= left {
      left -= tokens
      owed += tokens
      inFlight.append(tokens)
      requests.removeFirst()
    }
  }

  /// One of them ends, and costs anything, now and then more than it reserved.
  mutating func end(_ random: inout Random) {
    guard !inFlight.isEmpty else { return }
    let held = inFlight.remove(at: random.below(inFlight.count))
    owed += Int64(random.below(Int(held) * 5 / 4 + 1)) - held
  }
}
