import Algorithms
import BedrockQuotas

/// `list`: the quotas of one Region.
package struct QuotaListView: View {
  package var listing: QuotaListing

  package init(_ listing: QuotaListing) { self.listing = listing }

  package func json() -> String { JSONWriter.text { $0.write(listing) } }
  package var sheet: Table { QuotaTable.sheet([listing]) }
  package var document: Table { QuotaTable.quotas(listing.quotas.groupedForReading(), withFamily: true) }

  package var lines: [TerminalPart] {
    let blocks = listing.quotas.groupedForReading().chunked(on: \.family).map { family, quotas -> [TerminalPart] in
      ["\(family, .bold)"] + QuotaTable.quotas(Array(quotas), withFamily: false).lines(indent: "  ")
    }
    return Array(blocks.joined(by: [""]))
  }
}
