/// A request that asks to be admitted.
package struct Request: Sendable {
  package var cost: Cost
  /// Nanoseconds of the limiter's clock; nil: it waits without a bound.
  package var deadline: Int64?
  /// 0 is the most urgent.
  package var priority: Int
  /// Tenants share each priority by their weights.
  package var tenant: UInt32
  /// The server throttled it before: it goes ahead of its tenant's other requests, and takes from the retry budget.
  package var isRetry: Bool
  /// Whether another limiter's server turned it away, so that it is new here: it goes ahead like a retry, but it is none.
  package var isMoved = false
  /// Where it waited before; nil: it is new.
  package var place: QueuePlace?
  /// The part of its cost that this queue is expected to serve, because it waits in others too; see ``Race``.
  package var share = QueueShare.whole

  var goesAhead: Bool { isRetry || isMoved }

  package init(
    cost: Cost, deadline: Int64? = nil, priority: Int = 0, tenant: UInt32 = 0, isRetry: Bool = false,
    place: QueuePlace? = nil
  ) {
    self.cost = cost
    self.deadline = deadline
    self.priority = priority
    self.tenant = tenant
    self.isRetry = isRetry
    self.place = place
  }
}
