import Bedquota
import BedrockQuotas

/// `capacity` without an id: the account's provisioned throughput, in four forms.
enum ProvisionedRendering {
  struct ProvisionedJSON: Encodable {
    struct Units: Encodable {
      var measure: QuotaMeasure
      var code: String
      var name: String
      var appliedValue: Double?
      var defaultValue: Double?
      var adjustable: Bool?
    }
    var name: String
    var arn: String
    var modelId: String?
    var customModelArn: String?
    var modelUnits: Int?
    var desiredModelUnits: Int?
    var status: String?
    var commitment: String?
    var commitmentExpires: String?
    var quotas: [Units]

    init(_ item: ProvisionedThroughput) {
      (name, arn, modelId, customModelArn) = (item.name, item.arn, item.modelID, item.customModelARN)
      (modelUnits, desiredModelUnits, status) = (item.modelUnits, item.desiredModelUnits, item.status)
      (commitment, commitmentExpires) = (item.commitment, item.commitmentExpires)
      quotas = item.quotas.map { quota in
        Units(
          measure: quota.name.measure, code: quota.code, name: quota.name.text, appliedValue: quota.appliedValue,
          defaultValue: quota.defaultValue, adjustable: quota.adjustable)
      }
    }
  }

  private struct AllJSON: Encodable { var provisioned: [ProvisionedJSON] }

  static func render(_ items: [ProvisionedThroughput], as format: OutputFormat, usesColor: Bool) throws -> String {
    switch format {
    case .json: try JSONOutput.encode(AllJSON(provisioned: items.map(ProvisionedJSON.init)))
    case .csv: rows(items, forMachines: true).csv()
    case .markdown: rows(items, forMachines: false).markdown()
    case .table: table(items).text(usesColor: usesColor)
    }
  }

  /// One row per quota; a throughput that no known quota binds has one row all the same.
  private static func rows(_ items: [ProvisionedThroughput], forMachines: Bool) -> Table {
    fill(
      [
        .init("name"), .init("modelId"), .init("modelUnits", isNumber: true), .init("status"), .init("commitment"),
        .init("commitmentExpires"), .init("quota", isNumber: true), .init("code"), .init("quotaName"),
      ], items
    ) { forMachines ? Figures.plain($0) : Figures.grouped($0) }
  }

  static func table(_ items: [ProvisionedThroughput]) -> Table {
    fill(
      [
        .init("PROVISIONED"), .init("MODEL"), .init("UNITS", isNumber: true), .init("STATUS"), .init("COMMITMENT"),
        .init("EXPIRES"),
        .init("QUOTA", isNumber: true), .init("CODE"), .init("NAME"),
      ], items, Figures.grouped)
  }

  private static func fill(
    _ columns: [Table.Column], _ items: [ProvisionedThroughput], _ number: (Double?) -> String
  ) -> Table {
    var table = Table(columns: columns)
    for item in items {
      let head = [
        item.name, item.modelID ?? "", item.modelUnits.map { number(Double($0)) } ?? "", item.status ?? "", item.commitment ?? "",
        item.commitmentExpires ?? "",
      ]
      let tails = item.quotas.map { [number($0.value), $0.code, $0.name.text] }
      table.rows += (tails.isEmpty ? [["", "", ""]] : tails).map { (head + $0).map { Table.Cell($0) } }
    }
    return table
  }
}
