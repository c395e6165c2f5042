import AdmissionControl
import Testing

struct QueueTests {
  private func busy(_ profile: LimiterConfiguration.Profile = .bucket) -> AdmissionState {
    var state = AdmissionState(.plain([Limit(.tokensPerMinute, 60_000)], profile: profile), at: 0)
    _ = state.lease(.exactly(1_000), at: 0)
    return state
  }

  @Test(arguments: [LimiterConfiguration.Profile.bucket, .strict, .auto])
  func firstComeFirstServed(profile: LimiterConfiguration.Profile) throws {
    var random = Generator(seed: 1)
    var state = busy(profile)
    var said = Said()
    var ids = try [state.waiter(Request(cost: .exactly(50_000)), at: 0)]
    var now: Int64 = 0
    for _ in 0..<200 {
      let next = now + random.int(0...second / 5)
      state.run(from: now, to: next, into: &said)
      now = next
      // Small requests don't overtake large ones, nor does one that can't wait.
      try ids.append(state.waiter(Request(cost: .exactly(random.chance(0.1) ? 5_000 : random.int(1...100))), at: now))
      #expect(state.lease(.exactly(1), at: now) == nil)
    }
    state.run(from: now, to: now + 20 * minute, into: &said)
    #expect(said.admitted.map(\.id) == ids)
  }

  @Test func cancellationAnywhereLetsTheOthersGo() throws {
    for victim in 0..<5 {
      var state = busy()
      var ids = try (0..<5).map { _ in try state.waiter(Request(cost: .exactly(1_000)), at: 0) }
      let gone = ids.remove(at: victim)
      #expect(state.cancel(gone, at: 0) == true)
      #expect(state.cancel(gone, at: 0) == false)
      var said = Said()
      state.run(from: 0, to: minute, into: &said)
      #expect(said.admitted.map(\.id) == ids)
      // One second for each that still waits.
      #expect(said.admitted.map(\.at) == (1...4).map { Int64($0) * second })
      #expect(state.cancel(ids[0], at: minute) == false)
      #expect(state.snapshot().counts.cancelledWaiters == 1)
    }
  }

  @Test(arguments: 1...5)
  func whoGivesUpLeavesNoTrace(seed: Int) {
    var random = Generator(seed: seed)
    var state = busy()
    var ids: [WaiterID] = []
    for _ in 0..<500 {
      let request = Request(
        cost: .exactly(random.int(1...500)), deadline: random.chance(0.5) ? 1_000 * second : nil,
        priority: Int(random.int(0...2)),
        tenant: UInt32(random.int(0...9)))
      if let id = state.arrive(request, at: 0).waiter { ids.append(id) }
    }
    for id in ids.shuffled(using: &random) { #expect(state.cancel(id, at: 0) == true) }
    let arrival = state.arrive(Request(cost: .exactly(1_000)), at: 0)
    #expect(arrival.eta == second, "as if nobody had been there")
    #expect(state.arrive(Request(cost: .exactly(1_000)), at: 0).eta == 2 * second)
    #expect(state.snapshot().waiting == 2)
  }

  /// Nothing is kept of waiters that have gone, whatever the reason and whoever still waits.
  @Test func doesNotGrowWithThoseThatComeAndGo() {
    func size(cycles: Int) -> Int {
      var random = Generator(seed: 7)
      var state = busy()
      _ = state.arrive(Request(cost: .exactly(1_000), deadline: 9_000 * second), at: 0)
      for cycle in 0..<cycles {
        let tenant = UInt32(cycle % 20)
        let deadline = random.chance(0.5) ? 5_000 * second + Int64(cycle) : nil
        let request = Request(cost: .exactly(10), deadline: deadline, priority: cycle % 3, tenant: tenant)
        if let id = state.arrive(request, at: 0).waiter { _ = state.cancel(id, at: 0) }
        _ = state.next(at: 0)
      }
      return footprint(state)
    }
    let (few, many) = (size(cycles: 500), size(cycles: 20_000))
    #expect(many <= few + 500, "\(few) values after 500 cycles, \(many) after 20,000")
  }

  @Test func doesNotGrowWithTenants() {
    func size(tenants: Int) -> Int {
      var state = busy()
      _ = state.arrive(Request(cost: .exactly(1_000)), at: 0)
      for tenant in 1...tenants {
        if let id = state.arrive(Request(cost: .exactly(10), tenant: UInt32(tenant)), at: 0).waiter {
          _ = state.cancel(id, at: 0)
        }
      }
      return footprint(state)
    }
    #expect(size(tenants: 20_000) <= size(tenants: 2_000) + 20_000)
  }

  @Test func atRestNothingIsLeft() {
    var state = busy()
    var said = Said()
    for index in 0..<50 { _ = state.arrive(Request(cost: .exactly(100), deadline: Int64(index) * second), at: 0) }
    state.run(from: 0, to: minute, into: &said)
    #expect(said.admitted.count > 5)
    #expect(state.wakeAt == nil && state.snapshot().waiting == 0)
    for (_, lease, _) in said.admitted { state.settle(lease, .cancelled, at: minute) }
    #expect(state.snapshot().counts.inFlight == 1)
    #expect(state.snapshot().meters[0].inFlight == 1)
  }
}
