import BedrockEmulator
import Foundation
import Testing

struct EmulatorClockTests {
  @Test func timeMovedByHandWakesWhoWaitsForIt() async throws {
    let clock = EmulatorClock.manual()
    async let first: Void = clock.sleep(until: 1_000)
    async let second: Void = clock.sleep(until: 2_000)
    while clock.waiterCount < 2 { await Task.yield() }
    clock.advance(by: 1_500)
    try await first
    #expect(clock.waiterCount == 1)
    clock.advance(by: 500)
    try await second
    #expect(clock.now == 2_000)
  }

  /// In a cancelled task, a wait throws; so this fails rather than hangs.
  @Test(arguments: [10, 0, -5] as [Int64])
  func anInstantThatHasPassedNeedsNoWait(instant: Int64) async {
    let clock = EmulatorClock.manual()
    clock.advance(by: 10)
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      try await clock.sleep(until: instant)
    }
    await #expect(throws: Never.self) { try await task.value }
  }

  @Test func cancellationEndsAWait() async throws {
    let clock = EmulatorClock.manual()
    let task = Task { try await clock.sleep(until: 1_000) }
    while clock.waiterCount == 0 { await Task.yield() }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(clock.waiterCount == 0)
    let early = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      try await clock.sleep(until: 1_000)
    }
    await #expect(throws: CancellationError.self) { try await early.value }
    #expect(clock.waiterCount == 0)
  }

  @Test func timeNeverGoesBackwardsNorOver() {
    let clock = EmulatorClock.manual()
    clock.advance(by: -5)
    #expect(clock.now == 0)
    var last = clock.now
    for _ in 0..<200 {
      clock.advance(by: .max)
      #expect(clock.now >= last)
      last = clock.now
    }
    clock.setScale(5)  // Means nothing where time is moved by hand.
    #expect(clock.scale == 0)
  }

  @Test func aRunningClockKeepsItsTimeWhenItsPaceChanges() {
    let clock = EmulatorClock.running(scale: 1_000, from: Date(timeIntervalSince1970: 0))
    let before = clock.now
    clock.setScale(1)
    let after = clock.now
    #expect(after >= before && clock.scale == 1)
    clock.advance(by: 3_600_000_000_000)
    #expect(clock.now >= after + 3_600_000_000_000)
    #expect(clock.date.timeIntervalSince1970 >= 3_600)
    clock.setScale(1e9)
    #expect(clock.scale == EmulatorClock.scaleMax)
  }

  @Test func theClockGoesNoFurtherThanACentury() {
    let clock = EmulatorClock.manual()
    let year: Int64 = 365 * 86_400_000_000_000
    for _ in 0..<100 { #expect(clock.advance(by: year)) }
    #expect(!clock.advance(by: 1))
    #expect(clock.now == 100 * year)
  }

  @Test func nobodyWaitsBeyondTheEndOfTime() async throws {
    let manual = EmulatorClock.manual()
    async let wait: Void = manual.sleep(until: .max)
    while manual.waiterCount < 1 { await Task.yield() }
    manual.reset()
    try await wait
  }

  /// Otherwise a reply that began before the reset would wait for the old time to come again.
  @Test(arguments: [EmulatorClock.manual(), .running()])
  func afterAResetNobodyWaitsForWhatBeganBeforeIt(clock: EmulatorClock) async throws {
    clock.advance(by: 86_400_000_000_000)
    let start = clock.moment
    clock.reset()
    // In a cancelled task, a wait throws; so this fails rather than hangs.
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      try await clock.sleep(1_000_000_000, after: start)
    }
    await #expect(throws: Never.self) { try await task.value }
  }

  @Test func aResetUndoesJumpsAndSpeeds() {
    let clock = EmulatorClock.running()
    clock.advance(by: 3_600_000_000_000)
    clock.setScale(1_000)
    clock.reset()
    #expect(clock.scale == 1 && clock.now < 3_600_000_000_000)
    let manual = EmulatorClock.manual()
    manual.advance(by: 5)
    manual.reset()
    #expect(manual.now == 0 && manual.scale == 0)
  }
}
