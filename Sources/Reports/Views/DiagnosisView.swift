package import Bedquota

/// `doctor`: what was looked at, what was found, and what to do.
package struct DiagnosisView: View {
  private let checks: [DiagnosisCheck]

  package init(_ checks: [DiagnosisCheck]) { self.checks = checks }

  package var failures: Int { checks.count { $0.finding == .failed } }

  package func json() throws -> String { try JSONOutput.encode(DiagnosisPayload(checks)) }

  package var sheet: Table { table(["name", "finding", "text"]) { .init($0.rawValue) } }
  package var document: Table { table(["CHECK", "FINDING", "TEXT"]) { .init($0.rawValue) } }

  private func table(_ names: [String], _ cell: (DiagnosisCheck.Finding) -> Table.Cell) -> Table {
    Table(columns: names.map { .text($0) }, rows: checks.map { [.init($0.name), cell($0.finding), .init($0.text)] })
  }

  package var lines: [TerminalPart] {
    [
      .table(table(["CHECK", "FINDING", ""]) { .init($0.rawValue, Self.style($0)) }, indent: ""), "",
      .line(TerminalLine(stringLiteral: sum)),
    ]
  }

  private static func style(_ finding: DiagnosisCheck.Finding) -> Style {
    switch finding {
    case .ok: .success
    case .warning: .warning
    case .failed: .failure
    case .unchecked: .dim
    }
  }

  private var sum: String {
    let looked = checks.count { $0.finding != .unchecked }
    let left = checks.count - looked
    let rest = left > 0 ? "; \(left) not checked" : ""
    let checks = "\(looked) check\(looked == 1 ? "" : "s")"
    return failures == 0 ? "Nothing is wrong in \(checks)\(rest)." : "\(failures) of \(checks) failed\(rest)."
  }
}
