/// Selects quotas. A condition that is nil matches every quota.
public struct QuotaFilter: Sendable {
  /// Case-insensitive.
  public var family: String?
  public var scope: QuotaScope?
  public var measure: QuotaMeasure?
  /// Words that must all occur in the name or the code; case-insensitive.
  public var search: String?
  public var codes: Set<String>?

  public init(
    family: String? = nil, scope: QuotaScope? = nil, measure: QuotaMeasure? = nil, search: String? = nil,
    codes: Set<String>? = nil
  ) {
    self.family = family
    self.scope = scope
    self.measure = measure
    self.search = search
    self.codes = codes
  }

  /// Whether a quota meets every condition.
  public func matches(_ quota: Quota) -> Bool {
    if let family, quota.family.lowercased() != family.lowercased() { return false }
    if let scope, quota.name.scope != scope { return false }
    if let measure, quota.name.measure != measure { return false }
    if let codes, !codes.contains(quota.code) { return false }
    guard let search else { return true }
    let text = "\(quota.name.text) \(quota.code)".lowercased()
    return search.lowercased().split(whereSeparator: \.isWhitespace).allSatisfy { text.contains($0) }
  }
}
