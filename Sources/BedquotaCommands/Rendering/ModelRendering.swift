import Bedquota
import BedrockQuotas

/// `models`, in its four forms.
enum ModelRendering {
  struct Row {
    var entry: ModelCatalog.Entry
    var resolution: Resolution?
  }

  private struct RowJSON: Encodable {
    struct Bound: Encodable {
      var measure: QuotaMeasure
      var code: String
      var appliedValue: Double?
      var defaultValue: Double?
    }
    var id: String
    var name: String
    var provider: String
    var kind: String
    var lifecycle: String?
    var arn: String
    var scope: QuotaScope?
    var status: Resolution.Status
    var quotas: [Bound]
    var contextWindow: Int?
    var maxOutputTokens: Int?

    init(_ row: Row) {
      id = row.entry.id
      name = row.entry.name
      provider = row.entry.provider
      kind = row.entry.kind
      lifecycle = row.entry.status
      arn = row.entry.arn
      scope = row.resolution?.scope
      status = row.resolution?.status ?? .unknown
      quotas = (row.resolution?.quotas ?? []).map { bound in
        Bound(
          measure: bound.quota.name.measure, code: bound.quota.code, appliedValue: bound.quota.appliedValue,
          defaultValue: bound.quota.defaultValue)
      }
      contextWindow = row.resolution?.contextWindow
      maxOutputTokens = row.resolution?.maxOutputTokens
    }
  }

  static func render(_ rows: [Row], as format: OutputFormat, usesColor: Bool) throws -> String {
    switch format {
    case .json: try JSONOutput.encode(rows.map(RowJSON.init))
    case .csv: flat(rows).csv()
    case .markdown: table(rows).markdown()
    case .table: table(rows).text(usesColor: usesColor)
    }
  }

  /// Every field, for spreadsheets, under the names that JSON has.
  private static func flat(_ rows: [Row]) -> Table {
    var table = Table(
      columns: [
        "id", "name", "provider", "kind", "lifecycle", "arn", "scope", "status", "rpm", "tpm", "tpd", "concurrent",
        "contextWindow",
        "maxOutputTokens",
      ].map { .init($0) })
    table.rows = rows.map { row in
      let entry = row.entry
      let resolution = row.resolution
      let head = [
        entry.id, entry.name, entry.provider, entry.kind, entry.status ?? "", entry.arn, resolution?.scope.rawValue ?? "",
      ]
      let values = [QuotaMeasure.rpm, .tpm, .tpd, .concurrent].map { Figures.plain(value($0, row)) }
      let facts = [resolution?.contextWindow, resolution?.maxOutputTokens].map { $0.map { "\($0)" } ?? "" }
      return (head + [(resolution?.status ?? .unknown).rawValue] + values + facts).map { .init($0) }
    }
    return table
  }

  /// The value in force of a model's own quota.
  private static func value(_ measure: QuotaMeasure, _ row: Row) -> Double? {
    row.resolution?.quota(measure)?.value
  }

  private static func table(_ rows: [Row]) -> Table {
    var table = Table(columns: [
      .init("ID"), .init("NAME"), .init("PROVIDER"), .init("KIND"), .init("LIFECYCLE"), .init("RPM", isNumber: true),
      .init("TPM", isNumber: true), .init("TPD", isNumber: true), .init("CONCURRENT", isNumber: true), .init("QUOTAS"),
    ])
    table.rows = rows.map { row in
      func value(_ measure: QuotaMeasure) -> String { Self.value(measure, row).map { Figures.grouped($0) } ?? "" }
      let status = row.resolution?.status ?? .unknown
      let id = row.entry.kind == "application-profile" ? row.entry.arn : row.entry.id
      return [
        .init(id), .init(row.entry.name), .init(row.entry.provider), .init(row.entry.kind), .init(row.entry.status ?? "–"),
        .init(value(.rpm)), .init(value(.tpm)), .init(value(.tpd)), .init(value(.concurrent)),
        row.resolution?.needsProfile == true
          ? .init("needs profile", color: 2)
          : .init(status.rawValue, color: status == .resolved ? 32 : status == .partial ? 33 : 31),
      ]
    }
    return table
  }
}
