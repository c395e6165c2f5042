package import AdmissionControl
import DequeModule
import Synchronization

/// The places of waiters that left the queue a short time ago: an SDK that gave up waiting sends its request again, and that finds
/// its place again.
package final class RetryPlaces: Sendable {
  /// How long a place is kept: longer than the pauses of SDKs between two attempts, which are 25 s at most in botocore
  /// 1.44: 20 s of its own, and 5 s that `x-amz-retry-after` asks for.
  package static let lifetime = Duration.seconds(30)
  private static let countMax = 10_000

  private struct Left: Sendable {
    var place: QueuePlace
    var endsAt: Duration
  }

  private struct State: Sendable {
    var places: [RetryKey: Left] = [:]
    /// In the order of their ends. A key is stale if its place ends at another time.
    var ends = Deque<(key: RetryKey, at: Duration)>()

    mutating func forget(before now: Duration, countMax: Int) {
      while let first = ends.first, first.at <= now || ends.count > countMax {
        ends.removeFirst()
        if places[first.key]?.endsAt == first.at { places[first.key] = nil }
      }
    }
  }

  private let state = Mutex(State())

  package init() {}

  /// A waiter left the queue without an answer: its client hung up, or its time was over.
  /// - Parameter now: of a clock that never goes back.
  package func left(_ key: RetryKey, _ place: QueuePlace, at now: Duration) {
    state.withLock { state in
      let end = max(now + Self.lifetime, state.ends.last?.at ?? .zero)
      state.places[key] = Left(place: place, endsAt: end)
      state.ends.append((key, end))
      state.forget(before: now, countMax: Self.countMax)
    }
  }

  /// The place of a request that comes back; nil if it is new. Nobody finds it a second time.
  package func take(_ key: RetryKey, at now: Duration) -> QueuePlace? {
    guard key.isRetry else { return nil }
    return state.withLock { state in
      state.forget(before: now, countMax: Self.countMax)
      return state.places.removeValue(forKey: key)?.place
    }
  }

  /// Places that are kept.
  package var count: Int { state.withLock { $0.places.count } }
}
