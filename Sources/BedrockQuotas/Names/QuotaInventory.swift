/// Every Bedrock quota of one Region, each once.
public struct QuotaInventory: Sendable {
  public let region: String
  /// Sorted by code.
  public let quotas: [Quota]

  /// - Parameter quotas: in any order; of several with the same code the first counts.
  public init(region: String, quotas: [Quota]) {
    self.region = region
    var sorted = quotas.sorted { $0.code < $1.code }
    var previous: String?
    sorted.removeAll { quota in
      defer { previous = quota.code }
      return quota.code == previous
    }
    self.quotas = sorted
  }

  /// The account's values by quota code, the default where there is no other; quotas without one are left out.
  package var values: [String: Double] {
    Dictionary(quotas.compactMap { quota in quota.value.map { (quota.code, $0) } }) { first, _ in first }
  }
}

extension Sequence<Quota> {
  /// Sorted for people: by family, model, scope and measure; `General` last.
  public func groupedForReading() -> [Quota] {
    map { ($0.readingOrder, $0) }.sorted { $0.0 < $1.0 }.map(\.1)
  }
}

extension Quota {
  fileprivate var readingOrder: (String, String, Int, Int, String) {
    let subject = name.subject.map { name.variant == .context1M ? "\($0) 1M" : $0 } ?? name.text
    // General is last, because most people look for a model.
    return (
      family == "General" ? "\u{10FFFF}" : family, subject, QuotaScope.allCases.firstIndex(of: name.scope)!,
      QuotaMeasure.allCases.firstIndex(of: name.measure)!, code
    )
  }
}
