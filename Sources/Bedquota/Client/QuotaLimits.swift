import AdmissionControl
package import BedrockQuotas

/// The limits that a client enforces, from the quotas that bind its id.
struct QuotaLimits {
  var limits: [Limit] = []
  /// Sentences for people about limits that are not quotas of the account.
  var notes: [String] = []

  init(_ resolution: Resolution, assumedTokensPerMinute: Int64) {
    limits = Self.limits(resolution.quotas.map(\.quota), for: resolution.scope)
    if let accountWide = resolution.accountWideQuota, let value = accountWide.value, value < 1 {
      // A quota that is accounted by price can't be metered in tokens, but 0 is 0 at any price. The first limit of a measure counts.
      limits.insert(Limit(.tokensPerDay, 0), at: 0)
    }
    notes += resolution.quotas.compactMap { bound in
      let value = bound.quota.value(for: resolution.scope)
      guard let value, value < 1, Measure(bound.quota.name.measure) != nil else { return nil }
      return bound.quota.refusal(at: value)
    }
    guard resolution.endpoint == .runtime else {
      let missing = [Measure.inputTokensPerMinute, .outputTokensPerMinute].filter { measure in
        !limits.contains { $0.measure == measure }
      }
      guard !missing.isEmpty else { return }
      let names = missing.map { $0 == .inputTokensPerMinute ? "input" : "output" }.joined(separator: " and ")
      // A throttled request shows a limit of input. Nothing shows one of output that isn't known.
      let until = missing.contains(.inputTokensPerMinute) ? " until the service throttles one" : ""
      notes.append(
        "No quota of \(names) tokens on bedrock-mantle is known for \(resolution.id): requests are sent without such a meter\(until)."
      )
      return
    }
    guard !limits.contains(where: { $0.measure == .tokensPerMinute || $0.measure == .requestsPerMinute }) else { return }
    notes.append(
      "No quota per minute is known for \(resolution.id): the client starts with \(assumedTokensPerMinute) tokens per minute, and learns."
    )
    // The limiter may use twice the stated start, and lowers its rate to what the answers show.
    limits.append(Limit(.tokensPerMinute, min(max(assumedTokensPerMinute, 1), Meter.unitsMax / 2) * 2))
  }

  /// The limits of quotas that count a client's requests; the account-wide quota is accounted by price.
  static func limits(_ quotas: [Quota], for scope: QuotaScope) -> [Limit] {
    quotas.compactMap { quota in
      guard quota.name.scope != .other, let value = quota.value(for: scope) else { return nil }
      return Measure(quota.name.measure).map { Limit($0, limit(value)) }
    }
  }

  /// A quota's value as a limit, 0 to ``Meter/unitsMax``.
  static func limit(_ value: Double) -> Int64 { min(max(Int64(saturating: value), 0), Meter.unitsMax) }
}

extension Measure {
  /// nil if requests don't count against the measure.
  init?(_ measure: QuotaMeasure) {
    switch measure {
    case .rpm: self = .requestsPerMinute
    case .tpm: self = .tokensPerMinute
    case .inputTPM: self = .inputTokensPerMinute
    case .outputTPM: self = .outputTokensPerMinute
    case .tpd: self = .tokensPerDay
    case .concurrent: self = .concurrency
    default: return nil
    }
  }

  /// The same measure, as quotas call it.
  package var quotaMeasure: QuotaMeasure {
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
