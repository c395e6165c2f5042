import AdmissionControl

@testable import FleetStore

/// A limiter that says what a test wants.
struct FakeLimiter: FleetLimiter {
  var owed: [Measure: PrepaidDebt] = [:]
  var requests: [UncoveredRequest] = []
  var inFlight: [(admittedAt: Int64, units: Int64)] = []

  var demand: (waiting: Int, inFlight: Int) { (requests.count, inFlight.count) }
  var waitingTiers: TierSet { requests.reduce(into: TierSet()) { $0.insert($1.tier) } }
  func debt(_ measure: Measure) -> PrepaidDebt? { owed[measure] ?? PrepaidDebt(reserved: 0, predicted: 0) }
  func uncovered(_ count: Int) -> [UncoveredRequest] { Array(requests.prefix(count)) }
  func reservedInFlight(_ measure: Measure) -> [(admittedAt: Int64, units: Int64)]? { inFlight }

  mutating func owe(_ units: Int64, _ measure: Measure = .tokensPerMinute) {
    owed[measure] = PrepaidDebt(reserved: units * Meter.micro, predicted: units * Meter.micro)
  }

  mutating func wait(_ tokens: Int64..., tier: Int = 0) {
    requests = tokens.map { UncoveredRequest(reserved: Amounts(tokens: $0), predicted: Amounts(tokens: $0 / 2), tier: tier) }
  }
}

/// Dice that always fall on one side, from 0 up to 1.
struct LoadedDice: RandomNumberGenerator {
  var side = 0.0
  mutating func next() -> UInt64 { UInt64(side * 0x1p63) << 1 }
}

let millisecond: Int64 = 1_000_000
let second: Int64 = 1_000_000_000

/// A member of a fleet with 600,000 tokens a minute, its limiter, and the time.
struct Bench {
  var member: FleetMember
  var limiter = FakeLimiter()
  var dice = LoadedDice()
  var now: Int64 = 0

  init(_ change: (inout FleetMemberConfiguration) -> Void = { _ in }) {
    var configuration = FleetMemberConfiguration(
      name: "a", meters: [FleetMemberConfiguration.Meter(.tokensPerMinute, limit: 600_000)], discoveredAt: 1_000)
    change(&configuration)
    member = FleetMember(configuration)
  }

  mutating func next() -> FleetAction { member.next(limiter, at: now, using: &dice) }

  /// The sync that the member wants now; nil if it wants none.
  mutating func sync() -> SyncRequest? {
    if case .sync(let request, _) = next() { request } else { nil }
  }

  /// Lets time pass as the owner of a member does, until it wants a sync.
  mutating func nextSync(within nanoseconds: Int64) -> SyncRequest? {
    let end = now + nanoseconds
    while true {
      switch next() {
      case .sync(let request, _): return request
      case .grant, .giveBack: continue
      case .end: return nil
      case .wait(let until):
        guard let until, until <= end else {
          now = end
          return nil
        }
        now = max(until, now + 1)
      }
    }
  }

  mutating func answer(
    _ sequence: Int64? = nil, delays: [Int64] = [], wait: Int64 = -1, after nanoseconds: Int64 = millisecond,
    _ change: (inout SyncReply.Answer) -> Void = { _ in }
  ) {
    now += nanoseconds
    var answer = SyncReply.Answer(
      epoch: 7, now: 1_000_000, delays: delays, wait: wait, members: 4, waiting: 0, total: 0, slot: 0, version: 2_000,
      levels: member.limits.map(\.capacity), limits: [])
    change(&answer)
    member.answered(.answer(answer), to: sequence ?? member.sequence, at: now, using: &dice)
  }

  mutating func fail(after nanoseconds: Int64 = 250 * millisecond) {
    now += nanoseconds
    member.failed(member.sequence, at: now, using: &dice)
  }

  /// The first sync, answered.
  static func joined(_ change: (inout FleetMemberConfiguration) -> Void = { _ in }) -> Bench {
    var bench = Bench(change)
    _ = bench.sync()
    bench.answer()
    return bench
  }
}
