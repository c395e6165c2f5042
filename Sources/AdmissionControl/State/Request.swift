/// A request that asks to be let through.
public struct Request: Sendable {
  public var cost: Cost
  /// Nanoseconds of the clock; nil: it waits as long as it takes.
  public var deadline: Int64?
  /// 0 is the most urgent.
  public var priority: Int
  /// Tenants of one priority share what there is by their weights.
  public var tenant: UInt32
  /// Was refused by the server and comes again: it goes before the others of its tenant, and counts on the retry budget.
  public var isRetry: Bool

  public init(cost: Cost, deadline: Int64? = nil, priority: Int = 0, tenant: UInt32 = 0, isRetry: Bool = false) {
    self.cost = cost
    self.deadline = deadline
    self.priority = priority
    self.tenant = tenant
    self.isRetry = isRetry
  }
}
