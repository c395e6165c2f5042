import Synchronization

/// An amount that all connections of a server share: bytes of bodies, or requests in progress.
final class Allowance: Sendable {
  private let limit: Int
  private let taken = Atomic<Int>(0)

  init(limit: Int) { self.limit = limit }

  /// - Returns: false if there is no room; then nothing is taken.
  func take(_ count: Int) -> Bool {
    guard taken.add(count, ordering: .relaxed).newValue <= limit else {
      giveBack(count)
      return false
    }
    return true
  }

  func giveBack(_ count: Int) { taken.subtract(count, ordering: .relaxed) }
}
