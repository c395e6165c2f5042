import Synchronization

/// How many requests of each caller wait, and how many were sent and have not ended.
final class CallerActivity: Sendable {
  struct Counts: Sendable, Equatable {
    var waiting = 0
    var inFlight = 0
  }

  /// By the index of the caller; callers without requests have no entry.
  private let counts = Mutex<[UInt32: Counts]>([:])

  func change(_ caller: UInt32, waiting: Int = 0, inFlight: Int = 0) {
    guard waiting != 0 || inFlight != 0 else { return }
    counts.withLock { counts in
      var count = counts[caller] ?? Counts()
      count.waiting += waiting
      count.inFlight += inFlight
      counts[caller] = count == Counts() ? nil : count
    }
  }

  /// Requests of all callers that wait or are in flight.
  var total: Int { counts.withLock { $0.values.reduce(0) { $0 + $1.waiting + $1.inFlight } } }

  subscript(caller: UInt32) -> Counts { counts.withLock { $0[caller] ?? Counts() } }
}
