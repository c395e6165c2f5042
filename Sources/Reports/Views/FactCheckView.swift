import BedrockQuotas

/// `facts --check`: what is unknown of the account's models, and what follows.
package struct FactCheckView: View {
  package var check: FactCheck

  package init(_ check: FactCheck) { self.check = check }

  package func json() throws -> String { try JSONOutput.encode(FactCheckPayload(check)) }
  package var lines: [TerminalPart] { check.gaps.isEmpty ? [] : document.lines() }

  package var sheet: Table {
    Table(
      columns: ["model", "fact", "disputed", "consequence"].map { .text($0) },
      rows: check.gaps.map { gap in
        let range = gap.disputed.map { Figures.plainRange($0) } ?? ""
        return [gap.model.description, gap.kind.rawValue, range, gap.consequence].map { .init($0) }
      })
  }

  package var document: Table {
    Table(
      columns: [.text("MODEL"), .text("FACT"), .text("KNOWN"), .text("WHAT FOLLOWS")],
      rows: check.gaps.map { gap in
        let known = gap.disputed.map { NumberText.range($0) } ?? "unknown"
        return [.init(gap.model.description), .init(gap.kind.words), .init(known, .warning), .init(gap.consequence)]
      })
  }
}
