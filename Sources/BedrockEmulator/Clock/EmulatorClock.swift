package import Foundation
import Synchronization

/// The emulator's time: real, faster than real, or manual.
///
/// Instants are nanoseconds since the emulator started; ``date(at:)`` converts them. On a manual clock, ``advance(by:)`` ends the
/// waits whose time has come. On a running clock, a wait notices within a second.
package final class EmulatorClock: Sendable {
  /// The highest speed of a clock.
  package static let scaleMax = 10_000.0
  /// The longest single jump: 366 days, in nanoseconds.
  static let advanceMax: Int64 = 366 * 86_400_000_000_000
  /// The last instant to which the clock can be moved, 100 years after the start.
  static let movedMax: Int64 = 100 * 365 * 86_400_000_000_000
  /// The last instant, 127 years after the start; nanoseconds since 1970 still fit into 64 bits then. Nobody waits beyond it.
  private static let nowMax: Int64 = 4_000_000_000_000_000_000
  /// The longest single sleep in real time, in nanoseconds. A longer wait sleeps several times, so that it notices within a
  /// second that the clock was moved, set back or made faster.
  private static let sleepMax = 1e9

  /// An instant, and the reset that it came after: a reset sets the clock back, so earlier instants mean nothing after it.
  package struct Moment: Sendable {
    /// Nanoseconds since the emulator started.
    package let instant: Int64
    fileprivate let resets: Int
  }

  private struct Waiter {
    var deadline: Int64
    var continuation: CheckedContinuation<Void, any Error>
  }

  private struct State {
    /// The emulated instant at `mark`.
    var base: Int64 = 0
    var mark: ContinuousClock.Instant = .now
    /// How many times faster than real time; 0 for a manual clock.
    var scale: Double
    var waiters: [UInt64: Waiter] = [:]
    var nextWaiter: UInt64 = 0
    /// How often the clock was reset.
    var resets = 0

    func moment() -> Moment { Moment(instant: now(), resets: resets) }

    func now() -> Int64 {
      guard scale > 0 else { return base }
      let elapsed = mark.duration(to: .now).components
      let real = elapsed.seconds * 1_000_000_000 + elapsed.attoseconds / 1_000_000_000
      let passed = scale == 1 ? real : Int64(min(Double(real) * scale, Double(nowMax)))
      return min(base + min(passed, nowMax), nowMax)
    }
  }

  private let origin: Date
  private let start = ContinuousClock.Instant.now
  private let initialScale: Double
  private let state: Mutex<State>

  private init(scale: Double, origin: Date) {
    self.origin = origin
    initialScale = scale
    state = Mutex(State(scale: scale))
  }

  /// A clock that runs `scale` times as fast as real time, 0.001 to ``scaleMax``.
  package static func running(scale: Double = 1, from origin: Date = Date()) -> EmulatorClock {
    EmulatorClock(scale: min(max(scale, 0.001), scaleMax), origin: origin)
  }

  /// A clock that moves only by ``advance(by:)``, for tests.
  package static func manual(from origin: Date = Date(timeIntervalSince1970: 1_790_000_040)) -> EmulatorClock {
    EmulatorClock(scale: 0, origin: origin)
  }

  /// Nanoseconds since the start.
  package var now: Int64 { state.withLock { $0.now() } }
  package var date: Date { date(at: now) }
  package var moment: Moment { state.withLock { $0.moment() } }
  package var scale: Double { state.withLock { $0.scale } }
  /// The number of waits on a manual clock.
  package var waiterCount: Int { state.withLock { $0.waiters.count } }

  package func date(at instant: Int64) -> Date { origin.addingTimeInterval(Double(instant) / 1e9) }

  /// Nanoseconds from 1970 to the start.
  var nanosecondsAtStart: Int64 { Int64((origin.timeIntervalSince1970 * 1e9).rounded()) }

  /// Moves time forward.
  /// - Parameter nanoseconds: at most ``advanceMax``; less than 0 counts as 0.
  /// - Returns: false if the clock would be more than 100 years ahead; then it isn't moved.
  @discardableResult
  package func advance(by nanoseconds: Int64) -> Bool {
    let due = state.withLock { state -> [Waiter]? in
      let step = min(max(nanoseconds, 0), Self.advanceMax)
      guard state.now() <= Self.movedMax - step else { return nil }
      state.base += step
      let now = state.now()
      let due = state.waiters.filter { $0.value.deadline <= now }
      for id in due.keys { state.waiters[id] = nil }
      return due.values.sorted { $0.deadline < $1.deadline }
    }
    for waiter in due ?? [] { waiter.continuation.resume() }
    return due != nil
  }

  /// Sets the clock to what it would show if its speed had never changed and it had never been moved; ends all waits.
  package func reset() {
    let waiting = state.withLock { state -> [Waiter] in
      state.base = 0
      state.mark = start
      state.scale = initialScale
      state.resets += 1
      defer { state.waiters = [:] }
      return state.waiters.values.sorted { $0.deadline < $1.deadline }
    }
    for waiter in waiting { waiter.continuation.resume() }
  }

  /// Changes the speed of a running clock; has no effect on a manual one.
  package func setScale(_ scale: Double) {
    state.withLock { state in
      guard state.scale > 0 else { return }
      state.base = state.now()
      state.mark = .now
      state.scale = min(max(scale, 0.001), Self.scaleMax)
    }
  }

  /// Whole milliseconds since a moment; 0 if the clock was set back to before it.
  func milliseconds(since start: Moment) -> Int { Int(max(now - start.instant, 0) / 1_000_000) }

  /// Waits for an instant, or until the clock is reset.
  /// - Throws: `CancellationError`.
  package func sleep(until deadline: Int64) async throws {
    let start = moment
    // Now is at least 0 and nowMax at most, so this doesn't overflow.
    try await sleep(max(deadline, 0) - start.instant, after: start)
  }

  /// Waits until some nanoseconds after a moment, or until the clock is reset. If it was reset since that moment, there is
  /// nothing to wait for.
  /// - Throws: `CancellationError`.
  package func sleep(_ delay: Int64, after start: Moment) async throws {
    let deadline = start.instant + min(delay, Self.nowMax - start.instant)
    while true {
      let (remaining, scale, isReset) = state.withLock { (deadline - $0.now(), $0.scale, $0.resets != start.resets) }
      if remaining <= 0 || isReset { return }
      guard scale > 0 else { return try await wait(until: deadline, resets: start.resets) }
      try await Task.sleep(for: .nanoseconds(max(Int64(min(Double(remaining) / scale, Self.sleepMax)), 1_000)))
    }
  }

  /// Waits for an instant on a manual clock.
  /// - Parameter resets: the count of resets; a higher one ends the wait.
  private func wait(until deadline: Int64, resets: Int) async throws {
    let id = state.withLock { state -> UInt64 in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        let isOver = state.withLock { state -> Bool in
          // If the task was cancelled before this, the cancellation handler found no waiter to end.
          if Task.isCancelled || state.now() >= deadline || state.resets != resets { return true }
          state.waiters[id] = Waiter(deadline: deadline, continuation: continuation)
          return false
        }
        if isOver { continuation.resume() }
      }
      try Task.checkCancellation()
    } onCancel: {
      let waiter = state.withLock { $0.waiters.removeValue(forKey: id) }
      waiter?.continuation.resume(throwing: CancellationError())
    }
  }
}
