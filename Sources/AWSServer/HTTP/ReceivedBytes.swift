import Synchronization

/// The bytes of all bodies that a server holds, within a limit. A body counts from its arrival until its request is answered.
final class ReceivedBytes: Sendable {
  private let limit: Int
  private let bytes = Atomic<Int>(0)

  init(limit: Int) { self.limit = limit }

  /// - Returns: false if there is no room; then nothing is taken.
  func take(_ count: Int) -> Bool {
    guard bytes.add(count, ordering: .relaxed).newValue <= limit else {
      giveBack(count)
      return false
    }
    return true
  }

  func giveBack(_ count: Int) { bytes.subtract(count, ordering: .relaxed) }
}
