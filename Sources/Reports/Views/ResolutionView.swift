import Algorithms
package import BedrockQuotas

/// `resolve`: the quotas that bind each id.
package struct ResolutionView: View {
  package var resolutions: [Resolution]

  package init(_ resolutions: [Resolution]) { self.resolutions = resolutions }

  package func json() throws -> String { try JSONOutput.encode(resolutions.map(ResolutionPayload.init)) }
  package var sheet: Table { rows(Figures.plain) }
  package var document: Table { rows(Figures.grouped) }

  package var lines: [TerminalPart] { Array(resolutions.map(Self.block).joined(by: [""])) }

  /// One row per quota; an id that no quota binds still has one row.
  private func rows(_ number: (Double?) -> String) -> Table {
    let columns: [Table.Column] = [
      .text("id"), .text("scope"), .text("status"), .text("variant"), .text("measure"), .number("appliedValue"),
      .number("defaultValue"), .text("code"), .text("name"), .text("evidence"), .number("effectiveValue"),
    ]
    let rows = resolutions.flatMap { resolution -> [[String]] in
      let head = [resolution.id, resolution.scope.rawValue, resolution.status.rawValue]
      func row(_ quota: Quota, variant: String, evidence: String) -> [String] {
        let values = [quota.appliedValue, quota.defaultValue].map(number)
        return head + [variant, quota.name.measure.rawValue] + values + [
          quota.code, quota.name.text, evidence, number(quota.value(for: resolution.scope)),
        ]
      }
      let bound = resolution.quotas.map { row($0.quota, variant: "", evidence: $0.evidence) }
      let variants = resolution.variants.map { row($0.quota, variant: $0.variant.rawValue, evidence: "") }
      let empty = head + ["", "", "", "", "", "", resolution.note ?? "", ""]
      return bound.isEmpty && variants.isEmpty ? [empty] : bound + variants
    }
    return Table(columns: columns, rows: rows.map { $0.map { .init($0) } })
  }

  private static func block(_ resolution: Resolution) -> [TerminalPart] {
    let status = resolution.status
    let listing: TerminalLine = resolution.isListed == false ? ", \("not listed", .warning)" : ""
    var lines: [TerminalPart] = [
      .line("\(resolution.id): \(status.rawValue, status.style), \(resolution.scope.rawValue)" + listing)
    ]
    if let note = resolution.note { lines.append("  \(note)") }
    if resolution.modelID != nil { lines.append("  \(resolution.facts().joined(separator: " · "))") }
    if !resolution.quotas.isEmpty { lines.append(.table(quotas(resolution), indent: "  ")) }
    if !resolution.variants.isEmpty {
      lines.append("  Counted apart:")
      lines.append(.table(variants(resolution), indent: "  "))
    }
    return lines
  }

  private static func quotas(_ resolution: Resolution) -> Table {
    let values = QuotaValues(resolution.quotas.map(\.quota), for: resolution.scope)
    return Table(
      columns: [.text("MEASURE")] + values.columns + [.text("CODE"), .text("NAME"), .text("EVIDENCE")],
      rows: resolution.quotas.map { bound in
        let quota = bound.quota
        return [.init(quota.name.measure.rawValue)] + values.cells(quota)
          + [.init(quota.code), .init(quota.name.text), .init(bound.evidence, .dim)]
      })
  }

  private static func variants(_ resolution: Resolution) -> Table {
    let values = QuotaValues(resolution.variants.map(\.quota), for: resolution.scope)
    return Table(
      columns: [.text("VARIANT"), .text("MEASURE")] + values.columns + [.text("CODE"), .text("NAME")],
      rows: resolution.variants.map { item in
        let quota = item.quota
        return [.init(item.variant.rawValue), .init(quota.name.measure.rawValue)] + values.cells(quota)
          + [.init(quota.code), .init(quota.name.text)]
      })
  }
}
