import AdmissionControl
import Testing

@testable import FleetStore

/// A daily quota that the service says is used up, although the store believes it free.
struct FleetDayTests {
  private static let capacity: Int64 = 10_000

  /// A member with 10,000 tokens that don't come back.
  private func bench(_ name: String) -> Bench {
    var day = FleetMemberConfiguration.Meter(.tokensPerDay, limit: 1)
    day.limit = FleetLimit(.day, rate: 0, capacity: Self.capacity)
    return Bench {
      $0.name = name
      $0.meters.append(day)
    }
  }

  @Test func whatTheStoreHasFreeIsWrittenOffOnce() {
    var bench = bench("a")
    _ = bench.sync()
    bench.answer()
    bench.now += second
    bench.member.dayIsUsedUp(sentAt: bench.now, at: bench.now)
    // What it has free now; others may have used it since.
    #expect(bench.sync()?.meters[1].owed.reserved == 0)
    bench.answer { $0.levels = [570_000, 6_000] }
    #expect(bench.sync()?.meters[1].owed.reserved == 6_000)
    bench.answer { $0.levels = [570_000, 0] }
    #expect(!bench.member.isChanged && bench.sync() == nil)
    // Requests that were sent before are refused too, and that is nothing new.
    bench.member.dayIsUsedUp(sentAt: bench.now - second, at: bench.now)
    #expect(bench.sync() == nil)
    // One that was sent since is.
    bench.now += second
    bench.member.dayIsUsedUp(sentAt: bench.now, at: bench.now)
    #expect(bench.sync() != nil)
    bench.answer { $0.levels = [570_000, 40] }
    #expect(bench.sync()?.meters[1].owed.reserved == 6_040)
  }

  @Test func whatIsGoneAlreadyIsNotWrittenOffAgain() {
    var bench = bench("a")
    _ = bench.sync()
    bench.answer()
    bench.member.dayIsUsedUp(sentAt: bench.now, at: bench.now)
    _ = bench.sync()
    bench.answer { $0.levels = [570_000, -3] }
    #expect(!bench.member.isChanged && bench.sync() == nil)
  }

  private func exchange(_ bench: inout Bench, _ store: inout FleetTwin) {
    guard let request = bench.nextSync(within: 2 * second),
      let reply = try? store.sync(request, at: 1_000_000 + bench.now / millisecond)
    else {
      Issue.record("There was no sync.")
      return
    }
    bench.now += millisecond
    bench.member.answered(reply, to: request.sequence, at: bench.now, using: &bench.dice)
  }

  /// Two members are refused at the same time, and both find the quota free.
  @Test func twoAtOnceLeaveNoDebt() {
    var (a, b, store) = (bench("a"), bench("b"), FleetTwin())
    exchange(&a, &store)
    exchange(&b, &store)
    a.member.dayIsUsedUp(sentAt: a.now, at: a.now)
    b.member.dayIsUsedUp(sentAt: b.now, at: b.now)
    exchange(&a, &store)
    exchange(&b, &store)
    exchange(&a, &store)
    #expect(store.state?.meters[1].level == 0)
    exchange(&b, &store)
    #expect(store.state?.meters[1].level == -Self.capacity)
    exchange(&b, &store)
    #expect(store.state?.meters[1].level == 0)
    #expect(!a.member.isChanged && !b.member.isChanged)
  }
}
