import AdmissionControl

/// How a client's callers share its queue, and how the client shares the quotas with other programs.
package struct QuotaSharing: Sendable {
  /// The part of every quota that the client uses, 0.001 to 1; the rest is for other programs.
  package var quotaShare = 1.0
  /// The weight of each tenant; those that are not listed have weight 1.
  package var tenantWeights: [UInt32: Double] = [:]
  /// Whether a tenant may take no more places in the queue than are still free.
  package var sharesQueue = false
  /// The most requests that may wait; nil: as the limiter has it.
  package var waitersMax: Int?

  package init() {}

  /// The client's part of a limit: at least 1, unless the limit is 0.
  func part(of value: Int64) -> Int64 {
    guard quotaShare < 1, value > 0 else { return value }
    return max(1, Int64(Double(value) * max(quotaShare, 0.001)))
  }

  func part(of limit: Limit) -> Limit { Limit(limit.measure, part(of: limit.value)) }

  func apply(to configuration: inout LimiterConfiguration) {
    configuration.tenantWeights = tenantWeights
    configuration.sharesQueue = sharesQueue
    if let waitersMax { configuration.waitersMax = waitersMax }
  }
}
