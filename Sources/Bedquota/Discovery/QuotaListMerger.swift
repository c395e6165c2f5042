import AWSWire
import BedrockQuotas

/// Merges the lists of applied and of default values into one quota per code.
///
/// Many names share a subject, so the family of each subject is looked up once.
struct QuotaListMerger {
  private let facts: Facts
  private var families: [String: String] = [:]

  /// A quota of both lists, whose name is not read yet.
  private struct Entry {
    var quota: ListedQuota
    var applied: Double?
    var `default`: Double?
  }

  private init(facts: Facts) { self.facts = facts }

  /// AWS leaves quotas out of the applied list if the account has nothing but their defaults.
  ///
  /// Reading a thousand names takes milliseconds, the largest part of a listing that is not the network's; two tasks share them.
  static func merge(applied: [ListedQuota], defaults: [ListedQuota], facts: Facts) async -> [Quota] {
    let defaultValues = Dictionary(defaults.map { ($0.code, $0.value) }) { first, _ in first }
    let codes = Set(applied.map(\.code))
    let entries =
      applied.map { Entry(quota: $0, applied: $0.value, default: defaultValues[$0.code] ?? nil) }
      + defaults.filter { !codes.contains($0.code) }.map { Entry(quota: $0, applied: nil, default: $0.value) }
    let half = entries.count / 2
    async let first = read(entries[..<half], facts)
    async let second = read(entries[half...], facts)
    return await first + second
  }

  private static func read(_ entries: ArraySlice<Entry>, _ facts: Facts) -> [Quota] {
    var merger = QuotaListMerger(facts: facts)
    return entries.map { merger.read($0) }
  }

  private mutating func read(_ entry: Entry) -> Quota {
    let quota = entry.quota
    let name = QuotaName(quota.name ?? quota.code)
    let subject = name.subject ?? ""
    let family = families[subject] ?? facts.family(of: name.subject)
    families[subject] = family
    return Quota(
      code: quota.code, name: name, appliedValue: entry.applied, defaultValue: entry.default, adjustable: quota.adjustable,
      unit: quota.unit, usageMetric: quota.usageMetric, family: family)
  }
}
