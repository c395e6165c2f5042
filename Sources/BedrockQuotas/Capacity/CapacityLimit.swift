/// One limit of a workload's requests, and the rate that it allows.
public struct CapacityLimit: Sendable, Equatable {
  /// `rpm`, `tpm`, `tpd` or `concurrent`; on bedrock-mantle `input-tpm` or `output-tpm`.
  public var measure: QuotaMeasure
  /// nil for the client's own limit (``Workload/concurrency``).
  public var code: String?
  /// The name of the quota.
  public var name: String
  /// The quota's effective value: requests or tokens per minute, tokens per day, or requests in flight; nil if unknown. For a
  /// geographic profile it is twice the applied value if AWS says so.
  public var quota: Double?
  /// The value that AWS lists for the account; nil if it lists only the default.
  public var appliedValue: Double?
  public var adjustable: Bool?
  /// The rate that this limit alone allows if the window is a bucket; nil if unknown or unlimited.
  public internal(set) var requestsPerMinute: Double?
  /// The rate that this limit alone allows if the window rolls; nil if unknown or unlimited.
  public internal(set) var rollingRequestsPerMinute: Double?
  /// The requests per day that a limit of tokens per day allows; nil for other limits.
  public internal(set) var requestsPerDay: Double?

  /// nil for the client's own limit.
  let source: Quota?

  init(_ quota: Quota, scope: QuotaScope) {
    source = quota
    (measure, code, name) = (quota.name.measure, quota.code, quota.name.text)
    self.quota = quota.value(for: scope).flatMap { $0.isFinite ? $0 : nil }
    (appliedValue, adjustable) = (quota.appliedValue.flatMap { $0.isFinite ? $0 : nil }, quota.adjustable)
  }

  /// The client's own limit.
  init(concurrency: Int) {
    source = nil
    (measure, name, quota) = (.concurrent, "The client's own concurrency", Double(concurrency))
  }
}

extension CapacityLimit {
  /// The largest quota that is computed with: above any, and small enough that rates stay finite.
  private static let quotaMax = 1e15

  /// Sets the rates that this limit allows if it is the only one.
  mutating func rate(_ workload: Workload, _ cost: RequestCost) {
    guard let quota = quota.map({ min($0, Self.quotaMax) }) else { return }
    switch measure {
    case .rpm:
      // Only whole requests count, in both windows.
      requestsPerMinute = max(quota, 0).rounded(.down)
      rollingRequestsPerMinute = requestsPerMinute
    case .concurrent:
      if quota < 1 {
        (requestsPerMinute, rollingRequestsPerMinute) = (0, 0)
      } else if let latency = workload.latency, latency > 0 {
        requestsPerMinute = Self.finite(60 * quota.rounded(.down) / latency)
        rollingRequestsPerMinute = requestsPerMinute
      }
    case .outputTPM:
      // Output is counted while it is generated: a request needs none of the quota to start.
      if quota < 1 {
        (requestsPerMinute, rollingRequestsPerMinute) = (0, 0)
      } else if let output = workload.outputTokens, output > 0 {
        requestsPerMinute = quota / Double(output)
        rollingRequestsPerMinute = requestsPerMinute
      }
    case .tpm, .inputTPM:
      if quota < 1 {
        (requestsPerMinute, rollingRequestsPerMinute) = (0, 0)
      } else if let final = cost.final {
        requestsPerMinute = Self.finite(
          SteadyRate.bucket(quota: quota, reservation: cost.reservation, final: final, latency: workload.latency))
        rollingRequestsPerMinute = cost.reservation.flatMap {
          SteadyRate.rolling(quota: quota, reservation: $0, final: final, latency: workload.latency)
        }.flatMap(Self.finite)
      }
    case .tpd where quota < 1: (requestsPerMinute, rollingRequestsPerMinute) = (0, 0)
    default: break
    }
  }

  private static func finite(_ rate: Double) -> Double? { rate.isFinite ? rate : nil }

  /// The number of reservations that fit into the full quota; nil if the reservation is unknown.
  func atOnce(_ cost: RequestCost) -> Int? {
    guard measure.isReserved, let quota, let reservation = cost.reservation, reservation > 0 else { return nil }
    return Int(saturating: min(max(quota, 0), Self.quotaMax) / Double(reservation))
  }
}
