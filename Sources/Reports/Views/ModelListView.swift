import Bedquota
import BedrockQuotas

/// `models`: a row for each model and inference profile.
package struct ModelListView: View {
  package var listing: ModelListing

  package init(_ listing: ModelListing) { self.listing = listing }

  package func json() throws -> String { try JSONOutput.encode(listing.rows.map(ModelPayload.init)) }
  package var lines: [TerminalPart] { document.lines() }

  /// Every field, under the names that JSON has.
  package var sheet: Table {
    let names = [
      "id", "name", "provider", "kind", "lifecycle", "arn", "scope", "status", "rpm", "tpm", "tpd", "concurrent",
      "contextWindow", "maxOutputTokens",
    ]
    return Table(
      columns: names.map { .text($0) },
      rows: listing.rows.map { row in
        let (entry, resolution) = (row.entry, row.resolution)
        let head = [entry.id, entry.name, entry.provider, entry.kind, entry.status ?? "", entry.arn]
        let status = [resolution?.scope.rawValue ?? "", (resolution?.status ?? .unknown).rawValue]
        let values = [QuotaMeasure.rpm, .tpm, .tpd, .concurrent].map { Figures.plain(Self.value($0, row)) }
        let facts = [
          Self.fact(resolution?.contextWindow, resolution?.disputed.contextWindow),
          Self.fact(resolution?.maxOutputTokens, resolution?.disputed.maxOutputTokens),
        ]
        return (head + status + values + facts).map { .init($0) }
      })
  }

  package var document: Table {
    Table(
      columns: [
        .text("ID"), .text("NAME"), .text("PROVIDER"), .text("KIND"), .text("LIFECYCLE"), .number("RPM"), .number("TPM"),
        .number("TPD"), .number("CONCURRENT"), .text("QUOTAS"),
      ],
      rows: listing.rows.map { row in
        let entry = row.entry
        let head = [entry.invokedText, entry.name, entry.provider, entry.kind, entry.status ?? "–"]
        let values = [QuotaMeasure.rpm, .tpm, .tpd, .concurrent].map { Self.value($0, row).map { Figures.grouped($0) } ?? "" }
        return (head + values).map { .init($0) } + [Self.status(row)]
      })
  }

  private static func status(_ row: ModelListing.Row) -> Table.Cell {
    if row.resolution?.needsProfile == true { return .init("needs profile", .dim) }
    let status = row.resolution?.status ?? .unknown
    return .init(status.rawValue, status.style)
  }

  /// A figure, a range where sources disagree, or nothing if it isn't known.
  private static func fact(_ figure: Int?, _ range: ClosedRange<Int>?) -> String {
    figure.map { "\($0)" } ?? range.map { Figures.plainRange($0) } ?? ""
  }

  /// The effective value of a model's own quota.
  private static func value(_ measure: QuotaMeasure, _ row: ModelListing.Row) -> Double? {
    row.resolution?.effectiveValue(measure)
  }
}

extension Resolution.Status {
  var style: Style {
    switch self {
    case .resolved: .success
    case .partial: .warning
    default: .failure
    }
  }
}
