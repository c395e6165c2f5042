import Algorithms
import BedrockQuotas

/// `list`: the quotas of one Region.
package struct QuotaListView: View {
  package var listing: QuotaListing

  package init(_ listing: QuotaListing) { self.listing = listing }

  package func json() -> String { JSONWriter.text { $0.write(listing) } }
  package var sheet: Table { QuotaTable.sheet([listing]) }
  package var document: Table { QuotaTable.quotas(listing.quotas.groupedForReading(), withFamily: true) }

  package func text(usesColor: Bool) -> String {
    listing.quotas.groupedForReading().chunked(on: \.family).map { family, quotas in
      let table = QuotaTable.quotas(Array(quotas), withFamily: false)
      return "\(Style.bold.apply(to: family, if: usesColor))\n\(table.text(indent: "  ", usesColor: usesColor))"
    }.joined(separator: "\n\n")
  }
}
