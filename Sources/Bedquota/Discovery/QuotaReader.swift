import AWSWire
import BedrockQuotas

/// Reads quotas of both lists; most names come twice and most subjects many times, and are worked out once.
struct QuotaReader {
  private let facts: Facts
  private var families: [String: String] = [:]

  init(facts: Facts) { self.facts = facts }

  /// One quota per code: AWS leaves out of the applied list what an account has by default only.
  mutating func unite(applied: [ListedQuota], defaults: [ListedQuota]) -> [Quota] {
    let defaultValues = Dictionary(defaults.map { ($0.code, $0.value) }) { first, _ in first }
    let codes = Set(applied.map(\.code))
    var quotas: [Quota] = []
    quotas.reserveCapacity(defaults.count)
    for quota in applied { quotas.append(read(quota, applied: quota.value, default: defaultValues[quota.code] ?? nil)) }
    for quota in defaults where !codes.contains(quota.code) { quotas.append(read(quota, applied: nil, default: quota.value)) }
    return quotas
  }

  private mutating func read(_ quota: ListedQuota, applied: Double?, default: Double?) -> Quota {
    let name = QuotaName(quota.name ?? quota.code)
    let subject = name.subject ?? ""
    let family = families[subject] ?? facts.family(of: name.subject)
    families[subject] = family
    return Quota(
      code: quota.code, name: name, appliedValue: applied, defaultValue: `default`, adjustable: quota.adjustable,
      unit: quota.unit, usageMetric: quota.usageMetric, family: family)
  }
}
