import DequeModule

/// Requests that the service turned away and that may still be retried, so that a drain waits for them.
///
/// Between its attempts a request is neither in flight nor in the queue, and its caller may give it up without a word. So each is
/// awaited for a while only.
struct AwaitedRetries: Sendable {
  /// Nanoseconds for which a retry is awaited: 20 s, more than the longest pause between two attempts of Bedquota's client.
  static let patience: Int64 = 20_000_000_000
  /// The most retries that are awaited.
  private static let countMax = 100_000

  /// When each of them is no longer awaited, the earliest first.
  private var ends = Deque<Int64>()

  /// When the first of them is no longer awaited; nil: none is awaited.
  var firstEnd: Int64? { ends.first }

  /// A request ended.
  mutating func ended(_ outcome: Outcome, at now: Int64) {
    switch outcome.kind {
    case .throttled(let reason) where reason != .tokensPerDay: break
    case .capacity: break
    case .throttled, .overflowed, .completed, .outputExhausted, .failed, .cancelled: return
    }
    forget(before: now)
    if ends.count < Self.countMax { ends.append(max(now &+ Self.patience, ends.last ?? .min)) }
  }

  /// A retry arrived, whatever becomes of it.
  mutating func arrived() { _ = ends.popFirst() }

  mutating func forget(before now: Int64) { while let first = ends.first, first <= now { ends.removeFirst() } }
}
