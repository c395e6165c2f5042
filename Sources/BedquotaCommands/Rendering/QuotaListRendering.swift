import BedrockQuotas

/// `list`, in its four forms.
enum QuotaListRendering {
  /// `{"region", "quotas"}`, or `{"error", "region"}` for a Region that failed.
  private static func json(_ listing: QuotaListing, _ writer: inout JSONWriter) {
    writer.object { writer in
      if let error = listing.error {
        writer.member("error", error)
      } else {
        writer.member("quotas") { $0.array(listing.quotas) { json($1, &$0) } }
      }
      writer.member("region", listing.region)
    }
  }

  private static func json(_ quota: Quota, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("adjustable", quota.adjustable)
      writer.member("appliedValue", quota.appliedValue)
      writer.member("code", quota.code)
      writer.member("defaultValue", quota.defaultValue)
      writer.member("endpoint", quota.name.endpoint?.rawValue)
      writer.member("family", quota.family)
      writer.member("measure", quota.name.measure.rawValue)
      writer.member("name", quota.name.text)
      writer.member("scope", quota.name.scope.rawValue)
      writer.member("subject", quota.name.subject)
      writer.member("unit", quota.unit)
      writer.member("usageMetric", quota.usageMetric)
      writer.member("variant", quota.name.variant?.rawValue)
    }
  }

  static func render(_ listing: QuotaListing, as format: OutputFormat, usesColor: Bool) -> String {
    switch format {
    case .json:
      var writer = JSONWriter()
      json(listing, &writer)
      return writer.text
    case .csv: return flat([listing]).csv()
    case .markdown: return people(listing.quotas.groupedForReading(), withFamily: true).markdown()
    case .table: return grouped(listing.quotas.groupedForReading(), usesColor: usesColor)
    }
  }

  static func render(regions: [QuotaListing], as format: OutputFormat, usesColor: Bool) -> String {
    switch format {
    case .json:
      var writer = JSONWriter()
      writer.array(regions) { json($1, &$0) }
      return writer.text
    case .csv: return flat(regions).csv()
    case .markdown: return sideBySide(regions).markdown()
    case .table: return sideBySide(regions).text(usesColor: usesColor)
    }
  }

  /// Every field, for spreadsheets.
  private static func flat(_ listings: [QuotaListing]) -> Table {
    var table = Table(columns: [
      .init("region"), .init("code"), .init("name"), .init("family"), .init("subject"), .init("scope"), .init("endpoint"),
      .init("measure"), .init("variant"), .init("appliedValue"), .init("defaultValue"), .init("adjustable"), .init("unit"),
      .init("usageMetric"),
    ])
    let rows = listings.flatMap { listing in listing.quotas.map { (listing.region, $0) } }
    table.rows = rows.map { region, quota in
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
    var blocks: [String] = []
    var rest = quotas[...]
    while let family = rest.first?.family {
      let group = Array(rest.prefix { $0.family == family })
      rest = rest.dropFirst(group.count)
      let title = usesColor ? "\u{1B}[1m\(family)\u{1B}[0m" : family
      blocks.append("\(title)\n" + people(group, withFamily: false).text(indent: "  ", usesColor: usesColor))
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
    let all = read.flatMap(\.quotas).filter { seen.insert($0.code).inserted }.groupedForReading()
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
