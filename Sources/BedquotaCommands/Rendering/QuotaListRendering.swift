import BedrockQuotas

/// `list`, in its four forms.
enum QuotaListRendering {
  struct QuotaJSON: Encodable {
    var code: String
    var name: String
    var family: String
    var subject: String?
    var scope: QuotaScope
    var endpoint: QuotaEndpoint?
    var measure: QuotaMeasure
    var variant: QuotaVariant?
    var appliedValue: Double?
    var defaultValue: Double?
    var adjustable: Bool?
    var unit: String?
    var usageMetric: String?

    init(_ quota: Quota) {
      code = quota.code
      name = quota.name.text
      family = quota.family
      subject = quota.name.subject
      scope = quota.name.scope
      endpoint = quota.name.endpoint
      measure = quota.name.measure
      variant = quota.name.variant
      appliedValue = quota.appliedValue
      defaultValue = quota.defaultValue
      adjustable = quota.adjustable
      unit = quota.unit
      usageMetric = quota.usageMetric
    }
  }

  struct RegionJSON: Encodable {
    var region: String
    var quotas: [QuotaJSON]?
    var error: String?
  }

  static func render(_ quotas: [Quota], region: String, as format: OutputFormat, usesColor: Bool) throws -> String {
    switch format {
    case .json: try JSONOutput.encode(RegionJSON(region: region, quotas: byCode(quotas).map(QuotaJSON.init)))
    case .csv: flat(byCode(quotas).map { (region, $0) }).csv()
    case .markdown: people(quotas, withFamily: true).markdown()
    case .table: grouped(quotas, usesColor: usesColor)
    }
  }

  static func render(regions: [QuotaListing], as format: OutputFormat, usesColor: Bool) throws -> String {
    switch format {
    case .json:
      try JSONOutput.encode(
        regions.map {
          RegionJSON(region: $0.region, quotas: $0.error == nil ? byCode($0.quotas).map(QuotaJSON.init) : nil, error: $0.error)
        })
    case .csv: flat(regions.flatMap { listing in byCode(listing.quotas).map { (listing.region, $0) } }).csv()
    case .markdown: sideBySide(regions).markdown()
    case .table: sideBySide(regions).text(usesColor: usesColor)
    }
  }

  /// Machines get the one order that a change of AWS's names leaves as it is.
  private static func byCode(_ quotas: [Quota]) -> [Quota] { quotas.sorted { $0.code < $1.code } }

  /// Every field, for spreadsheets.
  private static func flat(_ quotas: [(region: String, quota: Quota)]) -> Table {
    var table = Table(columns: [
      .init("region"), .init("code"), .init("name"), .init("family"), .init("subject"), .init("scope"), .init("endpoint"),
      .init("measure"), .init("variant"), .init("appliedValue"), .init("defaultValue"), .init("adjustable"), .init("unit"),
      .init("usageMetric"),
    ])
    table.rows = quotas.map { region, quota in
      let name = quota.name
      return [
        region, quota.code, name.text, quota.family, name.subject ?? "", name.scope.rawValue, name.endpoint?.rawValue ?? "",
        name.measure.rawValue, name.variant?.rawValue ?? "", Figures.plain(quota.appliedValue), Figures.plain(quota.defaultValue),
        quota.adjustable.map { "\($0)" } ?? "", quota.unit ?? "", quota.usageMetric ?? "",
      ].map { Table.Cell($0) }
    }
    return table
  }

  private static func people(_ quotas: [Quota], withFamily: Bool) -> Table {
    var columns: [Table.Column] = [
      .init("QUOTA"), .init("SCOPE"), .init("MEASURE"), .init("APPLIED", isNumber: true), .init("DEFAULT", isNumber: true),
      .init("CHANGE"), .init("ADJUSTABLE"), .init("CODE"),
    ]
    if withFamily { columns.insert(.init("FAMILY"), at: 0) }
    var table = Table(columns: columns)
    table.rows = quotas.map { quota in
      let change = quota.change
      let color = change == .raised ? 32 : change == .lowered ? 31 : nil
      var row: [Table.Cell] = [
        .init(label(quota)), .init(quota.name.scope.rawValue), .init(quota.name.measure.rawValue),
        .init(Figures.grouped(quota.appliedValue), color: color), .init(Figures.grouped(quota.defaultValue)),
        .init(change?.rawValue ?? "", color: color), .init(quota.adjustable.map { $0 ? "yes" : "no" } ?? "–"),
        .init(quota.code, color: 2),
      ]
      if withFamily { row.insert(.init(quota.family), at: 0) }
      return row
    }
    return table
  }

  /// The model where scope and measure say the rest, else the whole name.
  static func label(_ quota: Quota) -> String {
    let perMinute: Set<QuotaMeasure> = [.rpm, .tpm, .inputTPM, .outputTPM, .tpd, .concurrent]
    guard let subject = quota.name.subject, perMinute.contains(quota.name.measure), quota.name.scope != .other else {
      return quota.name.text
    }
    return quota.name.variant == .context1M ? "\(subject) (1M context)" : subject
  }

  private static func grouped(_ quotas: [Quota], usesColor: Bool) -> String {
    guard !quotas.isEmpty else { return "No quota matches." }
    let widths = people(quotas, withFamily: false).widths
    var blocks: [String] = []
    var rest = quotas[...]
    while let family = rest.first?.family {
      let group = Array(rest.prefix { $0.family == family })
      rest = rest.dropFirst(group.count)
      let title = usesColor ? "\u{1B}[1m\(family)\u{1B}[0m" : family
      blocks.append("\(title)\n" + people(group, withFamily: false).text(widths: widths, indent: "  ", usesColor: usesColor))
    }
    return blocks.joined(separator: "\n\n")
  }

  /// One row per code, one column per Region: the value in force there, a default in parentheses.
  private static func sideBySide(_ regions: [QuotaListing]) -> Table {
    let read = regions.filter { $0.error == nil }
    var table = Table(
      columns: [.init("QUOTA"), .init("SCOPE"), .init("MEASURE")] + read.map { .init($0.region, isNumber: true) } + [
        .init("CODE")
      ])
    let byCode = read.map { listing in Dictionary(listing.quotas.map { ($0.code, $0) }) { first, _ in first } }
    var seen: Set<String> = []
    let all = read.flatMap(\.quotas).filter { seen.insert($0.code).inserted }
    table.rows = all.map { quota in
      let values = byCode.map { quotas -> Table.Cell in
        guard let here = quotas[quota.code] else { return Table.Cell("–") }
        return Table.Cell(
          here.appliedValue != nil ? Figures.grouped(here.appliedValue) : "(\(Figures.grouped(here.defaultValue)))")
      }
      return [.init(label(quota)), .init(quota.name.scope.rawValue), .init(quota.name.measure.rawValue)] + values + [
        .init(quota.code, color: 2)
      ]
    }
    return table
  }
}
