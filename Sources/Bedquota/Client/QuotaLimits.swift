import AdmissionControl
import BedrockQuotas

/// The limits that a client enforces, from the quotas that bind its id.
struct QuotaLimits {
  var limits: [Limit] = []
  /// Sentences for people about limits that are not quotas of the account.
  var notes: [String] = []

  init(_ resolution: Resolution, assumedTokensPerMinute: Int64) {
    limits = resolution.quotas.map(\.quota).compactMap { quota -> Limit? in
      guard quota.name.scope != .other, let value = quota.value(for: resolution.scope) else { return nil }
      return Measure(quota.name.measure).map { Limit($0, Self.limit(value)) }
    }
    guard !limits.contains(where: { $0.measure == .tokensPerMinute || $0.measure == .requestsPerMinute }) else { return }
    notes.append(
      "No quota per minute is known for \(resolution.id): the client starts with \(assumedTokensPerMinute) tokens per minute, and learns."
    )
    // The limiter may use twice the stated start, and lowers its rate to what the answers show.
    limits.append(Limit(.tokensPerMinute, assumedTokensPerMinute * 2))
  }

  /// A quota's value as a limit, 0 to 10¹².
  static func limit(_ value: Double) -> Int64 { Int64(min(max(value, 0), 1e12)) }
}

extension Measure {
  /// nil if requests to the runtime endpoint don't count against the measure.
  init?(_ measure: QuotaMeasure) {
    switch measure {
    case .rpm: self = .requestsPerMinute
    case .tpm: self = .tokensPerMinute
    case .tpd: self = .tokensPerDay
    case .concurrent: self = .concurrency
    default: return nil
    }
  }

  /// The same measure, as quotas call it.
  var quotaMeasure: QuotaMeasure {
    switch self {
    case .requestsPerMinute: .rpm
    case .tokensPerMinute: .tpm
    case .inputTokensPerMinute: .inputTPM
    case .outputTokensPerMinute: .outputTPM
    case .tokensPerDay: .tpd
    case .concurrency: .concurrent
    }
  }
}
