import AWSWire
import BedrockQuotas

/// A quota as a page lists it, and what its name says.
struct NamedQuota: Sendable {
  var listed: ListedQuota
  fileprivate var name: QuotaName
  fileprivate var family: String

  /// The quota of which only the default value was listed.
  var withDefaultOnly: Quota { quota(applied: nil, default: listed.value) }

  func quota(applied: Double?, default: Double?) -> Quota {
    Quota(
      code: listed.code, name: name, appliedValue: applied, defaultValue: `default`, adjustable: listed.adjustable,
      unit: listed.unit, usageMetric: listed.usageMetric, family: family)
  }
}

/// Reads the names of quotas.
///
/// A thousand names take milliseconds, the largest part of a listing that is not the network's; so they are read while further
/// pages are on their way. Many names share a subject, so the family of each subject is looked up once.
actor NameReader {
  private let facts: Facts
  private var families: [String: String] = [:]

  init(facts: Facts) { self.facts = facts }

  func read(_ quotas: [ListedQuota]) -> [NamedQuota] { quotas.map(read) }

  private func read(_ quota: ListedQuota) -> NamedQuota {
    let name = QuotaName(quota.name ?? quota.code)
    let subject = name.subject ?? ""
    let family = families[subject] ?? facts.family(of: name.subject)
    families[subject] = family
    return NamedQuota(listed: quota, name: name, family: family)
  }
}
