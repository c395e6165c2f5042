import AWSWire
package import Bedquota
package import BedrockQuotas

/// The models and inference profiles that an account sees, with the quotas of each.
package struct ModelListing: Sendable {
  package struct Row: Sendable {
    package var entry: ModelCatalog.Entry
    /// nil if the id doesn't follow Bedrock's naming.
    package var resolution: Resolution?
  }

  package var region: String
  package var rows: [Row]
  /// The number of entries in the catalog, including those that the search left out.
  package var total: Int

  /// - Parameter search: only entries whose id, name or provider holds every word of it, whatever the case.
  package init(_ context: QuotaContext, search: String = "", facts: Facts = .builtIn) {
    let words = search.lowercased().split(whereSeparator: \.isWhitespace)
    let entries = context.catalog.entries
    region = context.inventory.region
    total = entries.count
    rows =
      entries
      .filter { entry in
        let text = "\(entry.id) \(entry.name) \(entry.provider)".lowercased()
        return words.allSatisfy { text.contains($0) }
      }
      .map { entry in
        Row(entry: entry, resolution: InvokedID(entry.invokedText, facts: facts).map(context.resolver.resolve))
      }
  }

  /// What the values are where they are not the applied ones, with one of them as an example; nil if all are.
  package var noteOnEffectiveValues: String? {
    let note = rows.lazy.compactMap { $0.resolution?.effectiveValueNotes.first }.first
    return note.map { "The values are effective values. \($0)" }
  }

  /// `211 models and profiles in us-east-1, 12 shown`
  package var summary: String { "\(total) models and profiles in \(region)\(rows.count == total ? "" : ", \(rows.count) shown")" }
}

extension ModelCatalog.Entry {
  /// What a request names: an application profile's ARN, everything else's id.
  var invokedText: String { kind == "application-profile" ? arn : id }
}
