import AWSWire
import BedrockQuotas

/// Merges the lists of applied and of default values into one quota per code.
enum QuotaListMerger {
  /// AWS leaves quotas out of the applied list if the account has nothing but their defaults.
  static func merge(applied: [NamedQuota], defaults: [ListedQuota], names: NameReader) async -> [Quota] {
    let defaultValues = Dictionary(defaults.map { ($0.code, $0.value) }) { first, _ in first }
    let codes = Set(applied.map(\.listed.code))
    let others = await names.read(defaults.filter { !codes.contains($0.code) })
    return applied.map { $0.quota(applied: $0.listed.value, default: defaultValues[$0.listed.code] ?? nil) }
      + others.map(\.withDefaultOnly)
  }
}
