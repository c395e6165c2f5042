import AdmissionControl
import BedrockQuotas

/// Refusals for people: which quota it was, and what helps.
extension QuotaAwareClient {
  /// A refusal by a limit that is a quota's value, in words that name the quota; other errors unchanged.
  func explained(_ error: any Error) -> any Error {
    guard let refusal = error as? Refusal, let limit = refusal.limit, let needed = refusal.needed,
      let quota = quota(behind: limit)
    else { return error }
    guard limit.value > 0 else { return refusal.saying(quota.refusal(at: 0)) }
    let whole = NumberText.whole(Double(limit.value))
    return refusal.saying(
      "The request needs \(NumberText.whole(Double(needed))) of \(quota.codeAndMeasure), more than the \(whole) that it ever has; lower max_tokens or shorten the input. \(quota.adjustability(of: quota.code)): \(quota.remedy)."
    )
  }

  /// The quota whose value is the limit; the only one of the measure if the limit has changed since.
  private func quota(behind limit: Limit) -> Quota? {
    let ordinary = resolution.quotas.map(\.quota)
    let long = resolution.variants.filter { $0.variant == .context1M }.map(\.quota)
    let candidates = (ordinary + long).filter { Measure($0.name.measure) == limit.measure }
    return candidates.first { $0.value(for: resolution.scope).map(QuotaLimits.limit) == limit.value }
      ?? candidates.first { $0.name.scope != .other }
  }
}
