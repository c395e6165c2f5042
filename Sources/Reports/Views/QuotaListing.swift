package import BedrockQuotas

/// The quotas of one Region that a listing asked for, or why there are none.
package struct QuotaListing: Sendable {
  package var region: String
  package var quotas: [Quota] = []
  /// Quotas in the Region, with those that were filtered out.
  package var total = 0
  /// Pages that AWS's two lists took.
  package var pages = 0
  /// Of all quotas in the Region.
  package var families: [String] = []
  package var error: String?

  /// - Parameters:
  ///   - inventory: every quota of the Region.
  ///   - pages: that it took.
  ///   - filter: which quotas were asked for.
  package init(_ inventory: QuotaInventory, pages: Int, filter: QuotaFilter) {
    region = inventory.region
    quotas = inventory.quotas.filter(filter.matches)
    total = inventory.quotas.count
    self.pages = pages
    families = Set(inventory.quotas.map(\.family)).sorted()
  }

  /// A Region that could not be read.
  package init(region: String, error: String) {
    self.region = region
    self.error = error
  }

  /// `1,155 quotas from 13 pages in us-east-1, 12 shown`
  package var summary: String {
    let shown = quotas.count == total ? "" : ", \(Figures.grouped(quotas.count)) shown"
    return "\(Figures.grouped(total)) quotas from \(pages) pages in \(region)\(shown)"
  }
}

extension [QuotaListing] {
  /// An empty list is no answer to a family that isn't there. nil where the family is, or none was asked for.
  package func noteOnUnknownFamily(_ family: String?) -> String? {
    let families = Set(flatMap(\.families))
    guard let family, !families.contains(where: { $0.lowercased() == family.lowercased() }) else { return nil }
    return "There is no family \(family); there are \(families.sorted().joined(separator: ", "))."
  }
}
