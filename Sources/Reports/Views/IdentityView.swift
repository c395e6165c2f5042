import AWSClient
import AWSWire
package import Bedquota
import Foundation

/// `whoami`: who calls AWS, where to, and why.
package struct IdentityView: View {
  package var identity: SessionIdentity
  /// Who gave what comes from no file and no variable, such as the command line.
  package var giver: String
  package var time: LocalTime

  package init(_ identity: SessionIdentity, giver: String, time: LocalTime = LocalTime()) {
    self.identity = identity
    self.giver = giver
    self.time = time
  }

  package func json() throws -> String { try JSONOutput.encode(IdentityPayload(identity, giver: giver)) }

  /// One row; the steps are in JSON and in the text alone.
  package var sheet: Table {
    let payload = IdentityPayload(identity, giver: giver)
    let cells: [(String, String)] =
      [
        ("account", payload.account), ("arn", payload.arn), ("userId", payload.userId), ("accessKeyId", payload.accessKeyId),
        ("source", payload.source), ("place", payload.place ?? ""), ("expiration", payload.expiration ?? ""),
        ("profile", payload.profile), ("region", payload.region ?? ""), ("regionSource", payload.regionSource ?? ""),
        ("bedrockApiKey", "\(payload.bedrockApiKey)"),
      ] + identity.endpoints.map { ("endpoints.\($0.service.settingName)", $0.url) }
    return Table(columns: cells.map { .text($0.0) }, rows: [cells.map { .init($0.1) }])
  }

  package var document: Table {
    Table(columns: [.text("WHAT"), .text("VALUE")], rows: facts.map { [.init($0.name), .init($0.value)] })
  }

  package var lines: [TerminalPart] {
    let width = facts.map(\.name.count).max() ?? 0
    let head = facts.map { fact -> TerminalPart in
      .line("\(fact.name.padding(toLength: width, withPad: " ", startingAt: 0), .dim)  \(fact.value)")
    }
    guard !identity.steps.isEmpty else { return head }
    let rows = identity.steps.map { step -> [Table.Cell] in
      let style: Style = step.finding == .found ? .success : step.finding == .failed ? .failure : .dim
      return [
        .init(String(repeating: "  ", count: step.depth) + step.source.rawValue), .init(step.finding.rawValue, style),
        .init(step.place),
      ]
    }
    return head + [
      "", .table(Table(columns: [.text("SOURCE"), .text("FINDING"), .text("LOOKED AT")], rows: rows), indent: ""),
    ]
  }

  private var facts: [(name: String, value: String)] {
    let source = identity.source.map { "\($0.source.rawValue): \($0.place)" } ?? giver
    var facts = [
      ("Account", identity.caller.account), ("ARN", identity.caller.arn), ("Access key", identity.maskedKey), ("Source", source),
      ("Expires", identity.expiration.map { until(Int($0.timeIntervalSince1970)) } ?? "never, or the source doesn't say"),
      ("Profile", identity.profile),
      (
        "Region",
        identity.regionOrigin.words(giver: giver).map { "\(identity.region), from \($0)" }
          ?? "none: set AWS_REGION, or region in the profile"
      ),
    ]
    facts += endpoints.map { ("Endpoint", $0) }
    if identity.hasBedrockAPIKey {
      facts.append(("API key", "AWS_BEARER_TOKEN_BEDROCK, with which Bedrock is called; everything else with the access key"))
    }
    return facts
  }

  private func until(_ seconds: Int) -> String { "\(time.minute(seconds)) \(time.zoneName(at: seconds))" }

  /// One line where all services are at the same address, else one for each.
  private var endpoints: [String] {
    let urls = Set(identity.endpoints.map(\.url))
    return urls.count == 1 ? Array(urls) : identity.endpoints.map { "\($0.url) (\($0.service.settingName))" }
  }
}
