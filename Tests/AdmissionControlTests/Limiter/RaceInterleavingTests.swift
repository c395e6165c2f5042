import AdmissionControl
import Testing

/// Races in any order of events: whatever happens, each request is admitted at most once, and nothing stays behind.
@Suite(.timeLimit(.minutes(2)))
struct RaceInterleavingTests {
  /// A reservation in an array.
  private final class Held {
    private var reservation: Reservation?
    init(_ reservation: consuming Reservation) { self.reservation = .some(reservation) }
    func settle(_ outcome: Outcome) { reservation.take()?.settle(outcome) }
  }

  /// Three limiters on one clock, and what goes on in them.
  private struct World {
    let time = Shared<Int64>(0)
    let limiters: [Limiter]
    var random: Generator
    var races: [Race] = []
    var held: [Held] = []
    var (won, direct) = (0, 0)
    /// Reservations that the test itself settled as cancelled.
    var cancelled = 0

    init(seed: Int) {
      let time = time
      limiters = [600, 1_800, 3_600].map { (tokens: Int64) in
        var configuration = LimiterConfiguration.plain([Limit(.tokensPerMinute, tokens), Limit(.concurrency, 3)])
        configuration.waitersMax = 8
        // The test lets time pass; no timer fires by itself.
        return Limiter(configuration, now: { time.value }, sleep: { _ in try await Task.sleep(for: .seconds(3_600)) })
      }
      random = Generator(seed: seed)
    }

    mutating func request() -> Request {
      let kind = random.int(0...9)
      var request = Request(cost: .exactly(random.int(1...300)), tenant: UInt32(random.int(1...3)), isRetry: kind == 0)
      request.isMoved = kind == 1
      return request
    }

    mutating func enter(_ race: Race) {
      let index = Int(random.int(0...2))
      guard !race.candidates.contains(index) else { return }
      let waitMax = random.chance(0.3) ? Duration.milliseconds(random.int(0...20_000)) : nil
      _ = limiters[index].enter(race, as: index, request(), waitMax: waitMax)
    }

    mutating func step() async {
      switch random.int(0...9) {
      case 0, 1:
        let race = Race()
        races.append(race)
        for _ in 0...random.int(0...2) { enter(race) }
      case 2: if let race = races.randomElement(using: &random) { enter(race) }
      case 3:
        if let index = races.indices.randomElement(using: &random) { races.remove(at: index).close() }
      case 4:
        let candidate = Int(random.int(0...2))
        races.randomElement(using: &random)?.withdraw { $0 == candidate }
      case 5:
        if let taken = try? limiters[Int(random.int(0...2))].tryReserve(.exactly(random.int(1...300))) {
          held.append(Held(taken))
          direct += 1
        }
      case 6, 7: if let index = held.indices.randomElement(using: &random) { settle(index) }
      default:
        time.change { $0 += random.int(0...3_000_000_000) }
        // Whatever is due.
        for limiter in limiters { limiter.setTenantWeights([:]) }
      }
      if let index = races.indices.randomElement(using: &random) { await look(at: index) }
    }

    mutating func settle(_ index: Int) {
      let outcome: Outcome =
        switch random.int(0...4) {
        case 0: .cancelled
        case 1: .capacity
        case 2: .throttled(.tokens)
        default: .completed(Amounts(tokens: random.int(0...300)))
        }
      if outcome == .cancelled { cancelled += 1 }
      held.remove(at: index).settle(outcome)
    }

    mutating func look(at index: Int) async {
      let race = races[index]
      // A request in no queue, or that has been woken, doesn't wait.
      race.wake()
      guard case .won(_, let reservation) = await race.wait() else { return }
      won += 1
      held.append(Held(reservation))
      races.remove(at: index).close()
    }

    mutating func end() async {
      for index in races.indices.reversed() { await look(at: index) }
      for race in races { race.close() }
      for one in held { one.settle(.cancelled) }
      cancelled += held.count
      (races, held) = ([], [])
    }
  }

  @Test func nothingStaysBehind() async {
    var (won, direct) = (0, 0)
    for seed in 1...400 {
      var world = World(seed: seed)
      for _ in 0..<120 { await world.step() }
      await world.end()
      for limiter in world.limiters {
        let (counts, waiting) = (limiter.snapshot.counts, limiter.snapshot.waiting)
        #expect(counts.inFlight == 0 && waiting == 0, "seed \(seed): \(counts)")
        #expect(counts.cancelledWaiters == 0, "seed \(seed): a ticket counts as a request")
      }
      let counts = world.limiters.map(\.snapshot.counts)
      // A race that was closed before anybody looked at its end was admitted and cancelled.
      let unseen = counts.reduce(0) { $0 + Int($1.cancelled) } - world.cancelled
      let admitted = counts.reduce(0) { $0 + Int($1.admitted) }
      #expect(admitted == world.won + world.direct + unseen, "seed \(seed): a request is admitted more than once")
      world.time.change { $0 += 3_600 * second }
      for limiter in world.limiters {
        let meters = limiter.snapshot.meters
        for meter in meters where meter.measure == .tokensPerMinute {
          #expect(meter.inFlight == 0 && meter.available == meter.limit * 95 / 100, "seed \(seed): \(meter)")
        }
      }
      (won, direct) = (won + world.won, direct + world.direct)
    }
    #expect(won > 2_000 && direct > 1_000, "\(won) \(direct)")
  }

  /// Many tasks at once, some of which give up.
  @Test func manyTasks() async {
    let limiters = [1, 2, 3].map { Limiter(LimiterConfiguration(limits: [Limit(.concurrency, $0)])) }
    let (won, gone) = (Shared(0), Shared(0))
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<2_000 {
        group.addTask {
          let task = Task {
            let race = Race()
            defer { race.close() }
            for index in [number % 3, (number + 1) % 3, (number + 2) % 3] {
              _ = limiters[index].enter(race, as: index, Request(cost: .exactly(1), tenant: UInt32(number % 5)), waitMax: nil)
            }
            switch await race.wait() {
            case .won(_, let reservation):
              await Task.yield()
              reservation.settle(used: .zero)
              won.change { $0 += 1 }
            default: gone.change { $0 += 1 }
            }
          }
          if number % 7 == 0 { task.cancel() }
          await task.value
        }
      }
    }
    #expect(won.value + gone.value == 2_000 && won.value >= 1_700)
    for limiter in limiters { #expect(limiter.snapshot.counts.inFlight == 0 && limiter.snapshot.waiting == 0) }
  }

  /// Two tenants over three unequal limiters: each gets half of all, whatever the size of its requests.
  @Test(arguments: 1...3)
  func tenantsShareOverAll(seed: Int) async {
    var random = Generator(seed: seed)
    let time = Shared<Int64>(0)
    let limiters = [6_000, 18_000, 36_000].map { (tokens: Int64) in
      Limiter(
        .plain([Limit(.tokensPerMinute, tokens)]), now: { time.value },
        sleep: { _ in try await Task.sleep(for: .seconds(3_600)) })
    }
    var waiting: [(race: Race, tenant: UInt32, tokens: Int64)] = []
    var served: [UInt32: Int64] = [:]
    func add(_ tenant: UInt32) {
      let tokens = tenant == 1 ? random.int(50...400) : random.int(10...100)
      let race = Race()
      for (index, limiter) in limiters.enumerated() {
        _ = limiter.enter(race, as: index, Request(cost: .exactly(tokens), tenant: tenant), waitMax: nil)
      }
      waiting.append((race, tenant, tokens))
    }
    for _ in 0..<8 { for tenant in [1, 2] as [UInt32] { add(tenant) } }
    while time.value < 2 * minute {
      time.change { $0 += 20_000_000 }
      for limiter in limiters { limiter.setTenantWeights([:]) }
      for index in waiting.indices.reversed() {
        let (race, tenant, tokens) = waiting[index]
        race.wake()
        guard case .won(_, let reservation) = await race.wait() else { continue }
        reservation.settle(used: Amounts(tokens: tokens))
        race.close()
        served[tenant, default: 0] += tokens
        waiting.remove(at: index)
        add(tenant)
      }
    }
    for one in waiting { one.race.close() }
    let all = Double(served.values.reduce(0, +))
    #expect(abs(Double(served[1] ?? 0) / all - 0.5) <= 0.02, "\(served)")
    #expect(all >= 0.98 * 2 * 60_000, "\(all)")
  }
}
