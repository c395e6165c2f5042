import BedrockQuotas

/// Quotas as rows.
enum QuotaTable {
  /// Every field.
  static func sheet(_ listings: [QuotaListing]) -> Table {
    let names = [
      "region", "code", "name", "family", "subject", "scope", "endpoint", "measure", "variant", "appliedValue", "defaultValue",
      "adjustable", "unit", "usageMetric",
    ]
    let rows = listings.flatMap { listing in listing.quotas.map { (listing.region, $0) } }
    return Table(
      columns: names.map { .text($0) },
      rows: rows.map { region, quota in
        let name = quota.name
        let head = [region, quota.code, name.text, quota.family, name.subject ?? "", name.scope.rawValue]
        let kind = [name.endpoint?.rawValue ?? "", name.measure.rawValue, name.variant?.rawValue ?? ""]
        let values = [Figures.plain(quota.appliedValue), Figures.plain(quota.defaultValue)]
        let tail = [quota.adjustable.map { "\($0)" } ?? "", quota.unit ?? "", quota.usageMetric ?? ""]
        return (head + kind + values + tail).map { .init($0) }
      })
  }

  /// - Parameter withFamily: whether to add a column for the family, because no heading shows it.
  static func quotas(_ quotas: [Quota], withFamily: Bool) -> Table {
    let columns: [Table.Column] = [
      .text("QUOTA"), .text("SCOPE"), .text("MEASURE"), .number("APPLIED"), .number("DEFAULT"), .text("CHANGE"),
      .text("ADJUSTABLE"), .text("CODE"),
    ]
    return Table(
      columns: (withFamily ? [.text("FAMILY")] : []) + columns,
      rows: quotas.map { quota in
        let change = quota.change
        let style: Style? = change == .raised ? .success : change == .lowered ? .failure : nil
        let cells: [Table.Cell] = [
          .init(label(quota)), .init(quota.name.scope.rawValue), .init(quota.name.measure.rawValue),
          .init(Figures.grouped(quota.appliedValue), style), .init(Figures.grouped(quota.defaultValue)),
          .init(change?.rawValue ?? "", style), .init(quota.adjustable.map { $0 ? "yes" : "no" } ?? "–"),
          .init(quota.code, .dim),
        ]
        return (withFamily ? [.init(quota.family)] : []) + cells
      })
  }

  /// The model if the columns for scope and measure show the rest of the name, otherwise the whole name.
  static func label(_ quota: Quota) -> String {
    let shownInColumns: Set<QuotaMeasure> = [.rpm, .tpm, .inputTPM, .outputTPM, .tpd, .concurrent]
    guard let subject = quota.name.subject, shownInColumns.contains(quota.name.measure), quota.name.scope != .other else {
      return quota.name.text
    }
    return quota.name.variant == .context1M ? "\(subject) (1M context)" : subject
  }
}
