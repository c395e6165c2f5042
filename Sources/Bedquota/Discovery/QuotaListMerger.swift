import AWSWire
import BedrockQuotas

/// Merges the lists of applied and of default values into one quota per code.
///
/// Many names share a subject, so the family of each subject is looked up once.
struct QuotaListMerger {
  private let facts: Facts
  private var families: [String: String] = [:]

  init(facts: Facts) { self.facts = facts }

  /// AWS leaves quotas out of the applied list if the account has nothing but their defaults.
  mutating func merge(applied: [ListedQuota], defaults: [ListedQuota]) -> [Quota] {
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
