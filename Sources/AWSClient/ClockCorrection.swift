import Synchronization

/// What is added to this machine's time where signatures need AWS's: learnt from a refused signature, and kept as long as the process
/// runs.
final class ClockCorrection: Sendable {
  private let added = Mutex(0.0)
  private let isNamed = Atomic(false)

  /// In seconds.
  var seconds: Double { added.withLock { $0 } }

  /// Learns how far the clock is off.
  /// - Parameters:
  ///   - skew: of the time with which a refused request was signed.
  ///   - addedThen: the correction that was part of that time.
  /// - Returns: whether it is the first time; several requests may learn the same at once.
  func learn(_ skew: ClockSkew, addedThen: Double) -> Bool {
    added.withLock { $0 = addedThen - skew.seconds }
    return !isNamed.exchange(true, ordering: .relaxed)
  }

  /// Goes back to an earlier correction, after the new one didn't help.
  func restore(_ seconds: Double) { added.withLock { $0 = seconds } }
}
