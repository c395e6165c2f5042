import BedrockQuotas

/// `list`: the quotas of one Region.
package struct QuotaListView: View {
  package var listing: QuotaListing

  package init(_ listing: QuotaListing) { self.listing = listing }

  package func json() -> String { JSONWriter.text { $0.write(listing) } }
  package var sheet: Table { QuotaTable.sheet([listing]) }
  package var document: Table { QuotaTable.quotas(listing.quotas.groupedForReading(), withFamily: true) }

  package func text(usesColor: Bool) -> String {
    listing.quotas.groupedForReading().chunked { $0.family }.map { family, quotas in
      let table = QuotaTable.quotas(quotas, withFamily: false)
      return "\(Style.bold.apply(to: family, if: usesColor))\n\(table.text(indent: "  ", usesColor: usesColor))"
    }.joined(separator: "\n\n")
  }
}

extension [Quota] {
  /// Runs of neighbours that `key` maps to the same text.
  fileprivate func chunked(by key: (Quota) -> String) -> [(key: String, quotas: [Quota])] {
    reduce(into: []) { chunks, quota in
      if chunks.last?.key == key(quota) {
        chunks[chunks.count - 1].quotas.append(quota)
      } else {
        chunks.append((key(quota), [quota]))
      }
    }
  }
}
