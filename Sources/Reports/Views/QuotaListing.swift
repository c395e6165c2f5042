package import Bedquota
package import BedrockQuotas

/// The requested quotas of one Region, or the error that prevented reading them.
package struct QuotaListing: Sendable {
  package var place: Place
  package var region: String { place.region }
  package var quotas: [Quota] = []
  /// The number of quotas in the Region, including those that were filtered out.
  package var total = 0
  /// The number of pages in AWS's two lists.
  package var pages = 0
  /// The families of all quotas in the Region.
  package var families: [String] = []
  package var error: String?
  /// The scope of the requested id; nil if the quotas of no id were requested.
  package var scope: QuotaScope?

  /// - Parameters:
  ///   - inventory: every quota of the Region.
  ///   - pages: the number of pages that were read.
  ///   - filter: selects the requested quotas.
  ///   - scope: of the id whose quotas are requested.
  package init(_ inventory: QuotaInventory, pages: Int, filter: QuotaFilter, scope: QuotaScope? = nil) {
    self.scope = scope
    place = Place(account: nil, region: inventory.region)
    quotas = inventory.quotas.filter(filter.matches)
    total = inventory.quotas.count
    self.pages = pages
    families = Set(inventory.quotas.map(\.family)).sorted()
  }

  /// The effective value for the requested id; without one, for ids of the scope in the quota's name.
  func effectiveValue(_ quota: Quota) -> Double? { quota.value(for: scope ?? quota.name.scope) }

  /// A Region that could not be read.
  package init(_ failure: PlaceFailure) {
    place = failure.place
    error = failure.error
  }

  /// The meaning of the column CROSS-REGION; nil if no quota needs it.
  package var noteOnCrossRegionValues: String? {
    guard quotas.contains(where: { $0.crossRegionValue != nil }) else { return nil }
    return
      "CROSS-REGION: the effective value for geographic inference profiles (us., eu., …), twice the applied value where the name says so."
  }

  /// `1,155 quotas from 13 pages in us-east-1, 12 shown`
  package var summary: String {
    let shown = quotas.count == total ? "" : ", \(Figures.grouped(quotas.count)) shown"
    return "\(Figures.grouped(total)) quotas from \(pages) pages in \(region)\(shown)"
  }
}

extension [QuotaListing] {
  /// A note on a family that doesn't exist, because an empty list alone would mislead; nil if the family exists or none was
  /// requested.
  package func noteOnUnknownFamily(_ family: String?) -> String? {
    let families = Set(flatMap(\.families))
    guard let family, !families.contains(where: { $0.lowercased() == family.lowercased() }) else { return nil }
    return "There is no family \(family); there are \(families.sorted().joined(separator: ", "))."
  }
}
