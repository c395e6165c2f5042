import Bedquota
import BedrockQuotas

/// Quotas as rows.
enum QuotaTable {
  /// Every field.
  static func sheet(_ listings: [QuotaListing]) -> Table {
    let names = [
      "region", "code", "name", "family", "subject", "scope", "endpoint", "measure", "variant", "appliedValue", "defaultValue",
      "adjustable", "unit", "usageMetric", "effectiveValue", "crossRegionValue",
    ]
    let rows = listings.flatMap { listing in listing.quotas.map { (listing, $0) } }
    let hasAccounts = listings.contains { $0.place.account != nil }
    return Table(
      columns: ((hasAccounts ? ["account"] : []) + names).map { .text($0) },
      rows: rows.map { listing, quota in
        let name = quota.name
        let account = hasAccounts ? [listing.place.account ?? ""] : []
        let head = account + [listing.region, quota.code, name.text, quota.family, name.subject ?? "", name.scope.rawValue]
        let kind = [name.endpoint?.rawValue ?? "", name.measure.rawValue, name.variant?.rawValue ?? ""]
        let values = [quota.appliedValue, quota.defaultValue].map { Figures.plain($0) }
        let tail = [quota.adjustable.map { "\($0)" } ?? "", quota.unit ?? "", quota.usageMetric ?? ""]
        let effective = [listing.effectiveValue(quota), quota.crossRegionValue].map { Figures.plain($0) }
        return (head + kind + values + tail + effective).map { .init($0) }
      })
  }

  /// - Parameter withFamily: whether to add a column for the family, because no heading shows it.
  static func quotas(_ quotas: [Quota], withFamily: Bool) -> Table {
    let hasCrossRegion = quotas.contains { $0.crossRegionValue != nil }
    let crossRegion: [Table.Column] = hasCrossRegion ? [.number("CROSS-REGION")] : []
    let columns: [Table.Column] =
      [.text("QUOTA"), .text("SCOPE"), .text("MEASURE"), .number("APPLIED"), .number("DEFAULT")] + crossRegion
      + [.text("CHANGE"), .text("ADJUSTABLE"), .text("CODE")]
    return Table(
      columns: (withFamily ? [.text("FAMILY")] : []) + columns,
      rows: quotas.map { quota in
        let change = quota.change
        let style: Style? = change == .raised ? .success : change == .lowered ? .failure : nil
        let head: [Table.Cell] = [
          .init(label(quota)), .init(quota.name.scope.rawValue), .init(quota.name.measure.rawValue),
          .init(Figures.grouped(quota.appliedValue), style), .init(Figures.grouped(quota.defaultValue)),
        ]
        let crossRegion = hasCrossRegion ? [Table.Cell(quota.crossRegionValue.map { Figures.grouped($0) } ?? "")] : []
        let tail: [Table.Cell] = [
          .init(change?.rawValue ?? "", style), .init(quota.adjustable.map { $0 ? "yes" : "no" } ?? "–"),
          .init(quota.code, .dim),
        ]
        return (withFamily ? [.init(quota.family)] : []) + head + crossRegion + tail
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
