import BedrockQuotas

/// `resolve`, in its four forms.
enum ResolutionRendering {
  private struct ResolutionJSON: Encodable {
    struct Bound: Encodable {
      var measure: QuotaMeasure
      var code: String
      var name: String
      var appliedValue: Double?
      var defaultValue: Double?
      var evidence: String
    }
    struct Variant: Encodable {
      var variant: QuotaVariant
      var measure: QuotaMeasure
      var code: String
      var name: String
      var appliedValue: Double?
      var defaultValue: Double?
    }
    var id: String
    var modelId: String?
    var scope: QuotaScope
    var status: Resolution.Status
    var quotas: [Bound]
    var variants: [Variant]
    var contextWindow: Int?
    var maxOutputTokens: Int?
    var outputBurndown: Int?
    var note: String?

    init(_ resolution: Resolution) {
      id = resolution.id
      modelId = resolution.modelID?.description
      scope = resolution.scope
      status = resolution.status
      quotas = resolution.quotas.map { bound in
        let quota = bound.quota
        return Bound(
          measure: quota.name.measure, code: quota.code, name: quota.name.text, appliedValue: quota.appliedValue,
          defaultValue: quota.defaultValue, evidence: bound.evidence)
      }
      variants = resolution.variants.map { item in
        let quota = item.quota
        return Variant(
          variant: item.variant, measure: quota.name.measure, code: quota.code, name: quota.name.text,
          appliedValue: quota.appliedValue, defaultValue: quota.defaultValue)
      }
      contextWindow = resolution.contextWindow
      maxOutputTokens = resolution.maxOutputTokens
      outputBurndown = resolution.outputBurndown
      note = resolution.note
    }
  }

  static func render(_ resolutions: [Resolution], as format: OutputFormat, usesColor: Bool) throws -> String {
    switch format {
    case .json: try JSONOutput.encode(resolutions.map(ResolutionJSON.init))
    case .csv: flat(resolutions, forMachines: true).csv()
    case .markdown: flat(resolutions, forMachines: false).markdown()
    case .table: resolutions.map { block($0, usesColor: usesColor) }.joined(separator: "\n\n")
    }
  }

  /// One row per quota; an id that nothing binds has one row all the same.
  private static func flat(_ resolutions: [Resolution], forMachines: Bool) -> Table {
    var table = Table(columns: [
      .init("id"), .init("scope"), .init("status"), .init("variant"), .init("measure"), .init("appliedValue", isNumber: true),
      .init("defaultValue", isNumber: true),
      .init("code"), .init("name"), .init("evidence"),
    ])
    func number(_ value: Double?) -> String { forMachines ? Figures.plain(value) : Figures.grouped(value) }
    for resolution in resolutions {
      let head = [resolution.id, resolution.scope.rawValue, resolution.status.rawValue]
      func row(_ quota: Quota, variant: String, evidence: String) -> [String] {
        let values = [number(quota.appliedValue), number(quota.defaultValue)]
        return head + [variant, quota.name.measure.rawValue] + values + [quota.code, quota.name.text, evidence]
      }
      let bound = resolution.quotas.map { row($0.quota, variant: "", evidence: $0.evidence) }
      let apart = resolution.variants.map { row($0.quota, variant: $0.variant.rawValue, evidence: "") }
      let empty = [head + ["", "", "", "", "", "", resolution.note ?? ""]]
      let rows = bound + apart
      table.rows += (rows.isEmpty ? empty : rows).map { $0.map { Table.Cell($0) } }
    }
    return table
  }

  private static func block(_ resolution: Resolution, usesColor: Bool) -> String {
    let color = resolution.status == .resolved ? 32 : resolution.status == .partial ? 33 : 31
    let status = usesColor ? "\u{1B}[\(color)m\(resolution.status.rawValue)\u{1B}[0m" : resolution.status.rawValue
    var lines = ["\(resolution.id): \(status), \(resolution.scope.rawValue)"]
    if let note = resolution.note { lines.append("  \(note)") }
    let facts = [
      resolution.contextWindow.map { "context window \(Figures.grouped($0))" },
      resolution.maxOutputTokens.map { "maximum output \(Figures.grouped($0))" },
      resolution.outputBurndown.map { "an output token counts \($0)×" },
    ].compactMap { $0 }
    if !facts.isEmpty { lines.append("  \(facts.joined(separator: " · "))") }
    if !resolution.quotas.isEmpty {
      var table = Table(columns: [
        .init("MEASURE"), .init("APPLIED", isNumber: true), .init("DEFAULT", isNumber: true), .init("CODE"), .init("NAME"),
        .init("EVIDENCE"),
      ])
      table.rows = resolution.quotas.map { bound in
        let quota = bound.quota
        return [
          .init(quota.name.measure.rawValue), .init(Figures.grouped(quota.appliedValue)),
          .init(Figures.grouped(quota.defaultValue)),
          .init(quota.code), .init(quota.name.text), .init(bound.evidence, color: 2),
        ]
      }
      lines.append(table.text(indent: "  ", usesColor: usesColor))
    }
    if !resolution.variants.isEmpty {
      var table = Table(columns: [
        .init("VARIANT"), .init("MEASURE"), .init("APPLIED", isNumber: true), .init("DEFAULT", isNumber: true), .init("CODE"),
        .init("NAME"),
      ])
      table.rows = resolution.variants.map { item in
        let quota = item.quota
        return [
          .init(item.variant.rawValue), .init(quota.name.measure.rawValue), .init(Figures.grouped(quota.appliedValue)),
          .init(Figures.grouped(quota.defaultValue)), .init(quota.code), .init(quota.name.text),
        ]
      }
      lines.append("  Counted apart:")
      lines.append(table.text(indent: "  ", usesColor: usesColor))
    }
    return lines.joined(separator: "\n")
  }
}
