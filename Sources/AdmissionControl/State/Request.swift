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
  /// Where it waited before; nil: it is new.
  package var place: QueuePlace?

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
