import Synchronization

/// A clock on which every pause is over at once: the time jumps to its end.
final class JumpingClock: Sendable {
  private let time = Mutex<Int64>(0)

  var now: Int64 { time.withLock { $0 } }
  func sleep(_ nanoseconds: Int64) { time.withLock { $0 += nanoseconds } }
}
