import Algorithms
import Bedquota
import BedrockQuotas

/// `list` with several Regions or accounts: one row per quota, one column per place.
package struct RegionsView: View {
  package var listings: [QuotaListing]

  package init(_ listings: [QuotaListing]) { self.listings = listings }

  package func json() -> String {
    JSONWriter.text { writer in writer.array(listings) { $0.write($1) } }
  }

  package var sheet: Table { QuotaTable.sheet(listings) }
  package var lines: [TerminalPart] { document.lines() }

  /// The value in force in each place; a default value is in parentheses.
  package var document: Table {
    let read = listings.filter { $0.error == nil }
    let byCode = read.map { listing in Dictionary(listing.quotas.map { ($0.code, $0) }) { first, _ in first } }
    let all = Array(read.flatMap(\.quotas).uniqued(on: \.code)).groupedForReading()
    let columns: [Table.Column] =
      [.text("QUOTA"), .text("SCOPE"), .text("MEASURE")] + read.map { .number($0.place.words) } + [.text("CODE")]
    return Table(
      columns: columns,
      rows: all.map { quota in
        let head: [Table.Cell] = [
          .init(Self.label(quota)), .init(quota.name.scope.rawValue), .init(quota.name.measure.rawValue),
        ]
        return head + byCode.map { .init(Self.value(of: $0[quota.code])) } + [.init(quota.code, .dim)]
      })
  }

  /// A column for each place has no place for both values.
  private static func label(_ quota: Quota) -> String {
    "\(QuotaTable.label(quota))\(quota.name.isDoubledAcrossRegions ? " (cross-region: twice)" : "")"
  }

  private static func value(of quota: Quota?) -> String {
    guard let quota else { return "–" }
    return quota.appliedValue != nil ? Figures.grouped(quota.appliedValue) : "(\(Figures.grouped(quota.defaultValue)))"
  }

  /// The meaning of the parentheses; nil if there are none.
  package var noteOnDefaults: String? {
    listings.contains { $0.quotas.contains { $0.appliedValue == nil } }
      ? "In parentheses: AWS's default, where no applied value is listed." : nil
  }

  /// The places that could not be read.
  package var failures: [PlaceFailure] {
    listings.compactMap { listing in listing.error.map { PlaceFailure(listing.place, error: $0) } }
  }
}
