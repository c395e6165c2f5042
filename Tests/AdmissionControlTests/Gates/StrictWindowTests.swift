import AdmissionControl
import Testing

struct StrictWindowTests {
  /// Compared with a log of every debit: the window counts at least those of the last 60.2 s and at most those of the last 60.3
  /// s.
  @Test(arguments: 1...6)
  func countsWhatALogDoes(seed: Int) {
    var random = Generator(seed: seed)
    var window = StrictWindow(at: 0)
    var log: [(at: Int64, units: Int64, slot: Int64)] = []
    var now: Int64 = 0
    for _ in 0..<3_000 {
      now += random.chance(0.01) ? random.int(0...100 * second) : random.int(0...second / 4)
      if random.chance(0.3), !log.isEmpty {
        // What has left already doesn't change.
        let index = Int(random.int(Int64(max(0, log.count - 300))...Int64(log.count - 1)))
        let change = random.int(-log[index].units...100)
        let before = window.total
        window.advance(to: now)
        let advanced = window.total
        window.change(log[index].slot, by: change, at: now)
        #expect(before >= advanced || before == advanced)
        if window.total != advanced { log[index].units += change }
      } else {
        let units = random.int(0...1_000)
        log.append((now, units, window.add(units, at: now)))
      }
      let surely = log.reduce(0) { now - $1.at < 60_200_000_000 ? $0 + $1.units : $0 }
      let perhaps = log.reduce(0) { now - $1.at <= 60_300_000_000 ? $0 + $1.units : $0 }
      #expect(surely <= window.total && window.total <= perhaps, "at \(now)")
    }
  }

  @Test(arguments: [0, 1, 50_000_000, 99_999_999, 100_000_000, 7_777_777_777])
  func releasesBetween602And603(start: Int64) {
    var window = StrictWindow(at: start)
    _ = window.add(5, at: start)
    window.advance(to: start + 60_200_000_000 - 1)
    #expect(window.total == 5)
    window.advance(to: start + 60_300_000_000)
    #expect(window.total == 0)
  }

  @Test func anEntryThatChangesLeavesWithWhatItIsThen() {
    var window = StrictWindow(at: 0)
    let slot = window.add(100, at: 0)
    window.change(slot, by: -60, at: 10 * second)
    #expect(window.total == 40)
    window.advance(to: 61 * second)
    #expect(window.total == 0)
    // Late settlement changes nothing.
    window.change(slot, by: -40, at: 62 * second)
    #expect(window.total == 0)
  }

  @Test func theWaitIsUntilEnoughHasLeft() {
    var window = StrictWindow(at: 0)
    for index in 0..<10 { _ = window.add(10, at: Int64(index) * second) }
    let now = 9 * second
    #expect(window.wait(for: 5, limit: 105, at: now) == 0)
    #expect(window.wait(for: 6, limit: 105, at: now) == 60_300_000_000 - now)
    #expect(window.wait(for: 25, limit: 100, at: now) == 62_300_000_000 - now)
    #expect(window.wait(for: 100, limit: 100, at: now) == 69_300_000_000 - now)
    #expect(window.wait(for: 101, limit: 100, at: now) == nil)
  }

  @Test func timeGoingBackReleasesNothing() {
    var window = StrictWindow(at: 100 * second)
    _ = window.add(7, at: 100 * second)
    window.advance(to: 10 * second)
    _ = window.add(7, at: 20 * second)
    #expect(window.total == 14)
    window.advance(to: 160 * second)
    #expect(window.total == 14)
    window.advance(to: 160_300_000_000)
    #expect(window.total == 0)
  }
}
