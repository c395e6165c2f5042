import Synchronization

/// How many requests a server has had.
package final class RequestCount: Sendable {
  private let count = Atomic(0)

  package init() {}

  package var value: Int { count.load(ordering: .relaxed) }
  package func add() { count.add(1, ordering: .relaxed) }
}
