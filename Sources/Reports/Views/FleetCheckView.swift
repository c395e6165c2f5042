package import Bedquota

/// `fleet check`: what is wrong with a fleet.
package struct FleetCheckView: View {
  package var problems: [FleetCheck.Problem]
  /// How many were looked at.
  package var scopes: Int

  package init(_ problems: [FleetCheck.Problem], scopes: Int) { (self.problems, self.scopes) = (problems, scopes) }

  private struct Payload: Encodable {
    struct Problem: Encodable {
      var code: String
      var scope: String
      var message: String
    }

    var scopes: Int
    var problems: [Problem]
  }

  package func json() throws -> String {
    try JSONOutput.encode(
      Payload(
        scopes: scopes, problems: problems.map { .init(code: $0.code.rawValue, scope: $0.scope, message: $0.message) }))
  }

  package var sheet: Table { table }
  package var document: Table { table }

  package var lines: [TerminalPart] {
    guard problems.isEmpty else { return problems.map { TerminalPart(stringLiteral: $0.message) } }
    return [TerminalPart(stringLiteral: "Nothing is wrong with \(scopes) scope\(scopes == 1 ? "" : "s").")]
  }

  private var table: Table {
    Table(
      columns: [.text("code"), .text("scope"), .text("message")],
      rows: problems.map { [.init($0.code.rawValue), .init($0.scope), .init($0.message)] })
  }
}
