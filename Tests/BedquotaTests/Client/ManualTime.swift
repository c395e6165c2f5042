import Bedquota
import Synchronization

/// A client's clock and sleeps, moved by the test.
final class ManualTime: Sendable {
  private struct State: Sendable {
    var now = Duration.zero
    var sleepers: [CheckedContinuation<Void, Never>] = []
    /// Times that sleepers were woken before they slept.
    var wakeups = 0
    var slept: [Duration] = []
  }

  private let state = Mutex(State())

  var now: Duration { state.withLock { $0.now } }
  /// How long each sleep was to be.
  var slept: [Duration] { state.withLock { $0.slept } }

  /// Lets time pass, and nobody wakes.
  func advance(_ time: Duration) { state.withLock { $0.now += time } }

  /// Lets time pass, and whoever sleeps wakes: now, or as soon as it sleeps.
  func pass(_ time: Duration) {
    let sleeper = state.withLock { state -> CheckedContinuation<Void, Never>? in
      state.now += time
      if let sleeper = state.sleepers.popLast() { return sleeper }
      state.wakeups += 1
      return nil
    }
    sleeper?.resume()
  }

  private func sleep(_ time: Duration) async {
    await withCheckedContinuation { continuation in
      let isAwake = state.withLock { state in
        state.slept.append(time)
        guard state.wakeups == 0 else {
          state.wakeups -= 1
          return true
        }
        state.sleepers.append(continuation)
        return false
      }
      if isAwake { continuation.resume() }
    }
  }

  /// - Parameter dice: of each throw.
  func options(dice: Double = 0) -> QuotaAwareClient.Options {
    var options = QuotaAwareClient.Options()
    options.clock = { [self] in now }
    options.sleep = { [self] in await sleep($0) }
    options.dice = { dice }
    return options
  }
}
