import AdmissionSimulation
import FleetStore

/// Makes the operations of one scope: what members of a fleet do, and what happens to them.
///
/// Members settle, lose replies, send duplicates, leave and come back; limits change; the clock steps; keys are lost. With
/// ``Reach/all`` single keys are lost, clocks step back by hours, and numbers exceed their ranges, which the reference in Python
/// doesn't have.
struct TraceMaker {
  enum Reach { case reference, all }

  private struct Member {
    var sequence: Int64 = 0
    var owed: [FleetAmount]
    var fallback: Int64 = 0
    var credits: [SyncRequest.Credit] = []
  }

  private static let extremes: [Int64] = [
    .min, .max, -1, 0, 1, FleetBounds.integerMax, FleetBounds.integerMax + 1, -FleetBounds.integerMax, FleetBounds.unitsMax,
    FleetBounds.unitsMax + 1, FleetBounds.owedMax, -FleetBounds.owedMax - 1, FleetBounds.levelMin,
  ]

  private var random: Random
  private let reach: Reach
  private var isStrict: Bool
  private var limits: [FleetLimit] = []
  private var version: Int64 = 1
  private var now: Int64 = 1_763_000_000_000
  private var members: [String: Member] = [:]
  private var epoch: Int64 = 0
  private var levels: [Int64] = []
  let length: Int

  init(seed: Int, reach: Reach) {
    var random = Random(seed: UInt64(bitPattern: Int64(seed)))
    self.reach = reach
    isStrict = random.chance(0.4)
    let count = isStrict && random.chance(0.5) ? 1 : Int(random.int(1...4))
    now += random.int(0...1_000_000_000)
    length = Int(random.int(50...300))
    levels = Array(repeating: 0, count: count)
    for index in 0..<count { limits.append(Self.limit(index, &random, reach)) }
    self.random = random
  }

  private static func limit(_ index: Int, _ random: inout Random, _ reach: Reach) -> FleetLimit {
    let kind = index == 0 ? .minute : random.pick([FleetLimit.Kind.minute, .minute, .day, .concurrency])
    var quotas: [Int64] = [200, 100_000, 999_983, 2_000_000, 15_000_000]
    if reach == .all { quotas += [0, 1, 59, 300_000_000, 20_000_000_000, 100_000_000_000] }
    let quota = random.pick(quotas)
    switch kind {
    case .minute: return FleetLimit(.minute, rate: quota, capacity: quota / 20 * 19, burst: quota / 60)
    case .day:
      let daily = min(quota * 1_440 / random.pick([1, 8]), FleetBounds.unitsMax)
      return FleetLimit(.day, rate: daily, capacity: daily / 20 * 19)
    case .concurrency:
      let places = random.int(Int64(1)...30)
      return FleetLimit(.concurrency, rate: places, capacity: places)
    }
  }

  mutating func next() -> Operation {
    step()
    if random.chance(0.02) { changeLimits() }
    let name = "m\(random.int(0...(reach == .all && random.chance(0.3) ? 40 : 7)))"
    var member = members[name] ?? Member(owed: Array(repeating: .zero, count: limits.count))
    // A late duplicate.
    if random.chance(0.05) { member.sequence = max(0, member.sequence - random.int(0...2)) }
    member.sequence += 1
    settle(&member)
    members[name] = member
    var operation = Operation(request: request(name, member), now: now)
    if random.chance(0.01) { operation.lost = FleetTwin.Key.allCases }
    if reach == .all {
      if random.chance(0.02) { operation.lost = [random.pick(FleetTwin.Key.allCases)] }
      if random.chance(0.01) { isStrict.toggle() }
      if random.chance(0.02) { exaggerate(&operation.request) }
    }
    return operation
  }

  private mutating func step() {
    if random.chance(0.97) {
      now += random.pick([0, 1, 3, 20, 150, 150, 900, 5_000, 61_000])
    } else {
      now += random.pick(reach == .all ? [700_000, -3_000, 90_000_000, -70_000, -7_200_000] : [700_000, -3_000, 90_000_000])
    }
  }

  private mutating func changeLimits() {
    version += 1
    let first = limits[0]
    let rate = min(first.rate * random.pick([1, 2, 3]) / random.pick([1, 2]) + 1, 500_000_000)
    limits[0] = FleetLimit(.minute, rate: rate, capacity: min(first.capacity * 2 / 3 + 1, 500_000_000), burst: first.burst + 7)
  }

  private mutating func settle(_ member: inout Member) {
    let quota = max(1, limits[0].rate)
    for index in limits.indices {
      if random.chance(0.4) {
        let units = limits[index].kind == .concurrency ? random.int(0...2) : random.int(0...max(1, quota / 300))
        member.owed[index].reserved -= units
        if limits[index].kind == .concurrency { member.owed[index].reserved = max(0, member.owed[index].reserved) }
        if index == 0, isStrict { member.credits.append(SyncRequest.Credit(slot: now / 100 - random.int(0...700), units: units)) }
      }
      if random.chance(0.4), limits[index].kind == .minute { member.owed[index].predicted -= random.int(0...max(1, quota / 600)) }
    }
    // A store that has lost a booking.
    if random.chance(0.05) { member.owed[0].reserved += random.int(0...50_000) }
    if random.chance(0.03) { member.fallback += random.int(-500...90_000) }
  }

  private mutating func request(_ name: String, _ member: Member) -> SyncRequest {
    var request = SyncRequest(member: name, sequence: member.sequence, meters: [])
    for (index, limit) in limits.enumerated() {
      request.meters.append(SyncRequest.Meter(limit, owed: member.owed[index], hintLevel: levels[index]))
    }
    request.weight = random.pick([100, 100, 300, 7])
    request.horizon = random.pick([100, 250, 1_000])
    request.isStrict = isStrict
    request.isLeaving = random.chance(0.03)
    request.isThrottled = random.chance(0.2)
    request.version = random.chance(0.9) ? version : max(1, version - 1)
    request.fallback = member.fallback
    request.share = random.pick([0, 0, 30_000, 250_000, 700_000])
    request.hintEpoch = epoch
    request.credits = member.credits
    for _ in 0..<random.pick([0, 1, 1, 2, 5]) { request.bundles.append(bundle()) }
    return request
  }

  private mutating func bundle() -> [FleetAmount] {
    limits.map { limit in
      guard limit.kind != .concurrency else { return FleetAmount(reserved: 1, predicted: 0) }
      let reserved = random.int(1...max(2, limit.rate / random.pick([2, 20, 300, 300])))
      let predicted = limit.kind == .minute ? min(reserved * random.int(0...100) / 100, 90_000_000) : 0
      return FleetAmount(reserved: reserved, predicted: predicted)
    }
  }

  /// Puts a number beyond its range, or gives the scope other meters.
  private mutating func exaggerate(_ request: inout SyncRequest) {
    let value = random.pick(Self.extremes)
    let index = Int(random.int(0...Int64(request.meters.count - 1)))
    switch random.int(0...13) {
    case 0: request.sequence = value == .max || value >= FleetBounds.integerMax ? 5 : value
    case 1: request.weight = value
    case 2: request.horizon = value
    case 3: request.fallback = value
    case 4: request.share = value
    case 5: request.hintEpoch = value
    case 6: request.meters[index].hintLevel = value
    case 7: request.meters[index].owed = FleetAmount(reserved: value, predicted: value)
    case 8: request.credits.append(SyncRequest.Credit(slot: value, units: value))
    case 9: request.bundles.append(request.meters.map { _ in FleetAmount(reserved: value, predicted: value) })
    case 10:
      version += 1
      request.version = version
      request.meters[index].limit.rate = value
    case 11:
      version += 1
      request.version = version
      request.meters[index].limit.capacity = value
      request.meters[index].limit.burst = value
    case 12: request.meters.append(SyncRequest.Meter(FleetLimit(.day, rate: 1, capacity: 1)))
    default: request.meters[index].limit.kind = request.meters[index].limit.kind == .minute ? .day : .minute
    }
    if request.meters.count != limits.count { request.bundles = [] }
  }

  /// The member gets the reply, unless it is lost.
  mutating func receive(_ reply: SyncReply, to request: SyncRequest) {
    guard case .answer(let answer) = reply, var member = members[request.member] else { return }
    member.credits = []
    if request.isLeaving {
      members[request.member] = nil
      return
    }
    if random.chance(0.9) {
      for bundle in request.bundles.prefix(answer.delays.count) {
        for (index, amount) in bundle.enumerated() {
          // What exceeds the range was booked as the end of the range.
          member.owed[index].reserved += min(max(amount.reserved, 0), FleetBounds.unitsMax)
          guard limits[index].kind == .minute else { continue }
          member.owed[index].predicted += min(max(amount.predicted, 0), FleetBounds.unitsMax)
        }
      }
      epoch = answer.epoch
      levels = answer.levels
    }
    members[request.member] = member
  }
}
