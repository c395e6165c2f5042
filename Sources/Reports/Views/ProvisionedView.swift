package import Bedquota
import BedrockQuotas

/// `capacity` without an id: the account's provisioned throughput.
package struct ProvisionedView: View {
  package var items: [ProvisionedThroughput]

  package init(_ items: [ProvisionedThroughput]) { self.items = items }

  package func json() throws -> String {
    try JSONOutput.encode(ProvisionedPayload.All(provisioned: items.map(ProvisionedPayload.init)))
  }

  package var sheet: Table { rows(Self.fields, Figures.plain) }
  package var document: Table { rows(Self.fields, Figures.grouped) }

  package var lines: [TerminalPart] { lines(indent: "") }

  func lines(indent: String) -> [TerminalPart] {
    rows(
      [
        .text("PROVISIONED"), .text("MODEL"), .number("UNITS"), .text("STATUS"), .text("COMMITMENT"), .text("EXPIRES"),
        .number("QUOTA"), .text("CODE"), .text("NAME"),
      ], Figures.grouped
    ).lines(indent: indent)
  }

  private static let fields: [Table.Column] = [
    .text("name"), .text("modelId"), .number("modelUnits"), .text("status"), .text("commitment"), .text("commitmentExpires"),
    .number("quota"), .text("code"), .text("quotaName"),
  ]

  /// One row per quota; a throughput that no known quota binds still has one row.
  private func rows(_ columns: [Table.Column], _ number: (Double?) -> String) -> Table {
    let rows = items.flatMap { item -> [[String]] in
      let head = [
        item.name, item.modelID ?? "", item.modelUnits.map { number(Double($0)) } ?? "", item.status ?? "", item.commitment ?? "",
        item.commitmentExpires ?? "",
      ]
      let tails = item.quotas.map { [number($0.value), $0.code, $0.name.text] }
      return (tails.isEmpty ? [["", "", ""]] : tails).map { head + $0 }
    }
    return Table(columns: columns, rows: rows.map { $0.map { .init($0) } })
  }
}
