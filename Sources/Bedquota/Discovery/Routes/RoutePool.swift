public import BedrockQuotas

/// The routes of a model whose requests count against the same quotas, and what was used of these.
public struct RoutePool: Sendable {
  /// From 1; unique in an answer.
  public internal(set) var number: Int
  /// The quotas, as they apply to the first of ``ids``.
  public var resolution: Resolution
  /// What requests of the pool name, in the order of the routes.
  public var ids: [String]
  /// What was used; nil if it was not read.
  public var usage: UsageReport?

  public var endpoint: QuotaEndpoint { resolution.endpoint }

  /// One quota of the pool.
  public struct Limit: Sendable, Equatable {
    public var quota: Quota
    /// The effective value; nil if it isn't known.
    public var value: Double?
    /// Requests or tokens in the busiest minute that was read; nil if that is unknown, and for quotas of other measures.
    public var peak: Double?
    /// What that minute left free, not below 0; nil as above.
    public var free: Double?
  }

  /// Every quota of the pool, per minute first, in the order of ``Resolution/quotas``.
  public var limits: [Limit] {
    resolution.quotas.map { bound in
      let value = bound.quota.value(for: resolution.scope)
      let peak = peak(of: bound.quota)
      return Limit(quota: bound.quota, value: value, peak: peak, free: value.flatMap { value in peak.map { max(0, value - $0) } })
    }
  }

  /// The quota of a measure that counts this model alone; nil if none is known.
  public func limit(_ measure: QuotaMeasure) -> Limit? {
    limits.first { $0.quota.name.measure == measure && $0.quota.name.scope != .other }
  }

  /// The busiest minute of a quota per minute. Without any data, nothing was used; a day is more than what was read.
  private func peak(of quota: Quota) -> Double? {
    guard let usage, [.rpm, .tpm, .inputTPM, .outputTPM].contains(quota.name.measure) else { return nil }
    guard usage.totals != nil else { return usage.isComplete ? 0 : nil }
    return usage.peaks.first { $0.code == quota.code }?.value
  }
}
