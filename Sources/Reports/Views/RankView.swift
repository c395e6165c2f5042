import AWSWire
package import Bedquota
import BedrockQuotas

/// `usage --rank`: a row for each id and place, the one with the most headroom first.
package struct RankView: View {
  package var rows: [Headroom]
  package var failures: [PlaceFailure]

  package init(_ reports: [UsageReport], failures: [PlaceFailure]) {
    rows = Headroom.ranked(reports)
    self.failures = failures
  }

  package func json() -> String {
    JSONWriter.text { writer in writer.array(rows, failures) { $0.write($1) } }
  }

  package var sheet: Table { table(number: Figures.plain, share: Figures.plain, names: .sheet) }
  package var document: Table { table(number: Figures.short, share: Figures.percent, names: .table, spell: { $0.uppercased() }) }
  package var lines: [TerminalPart] { document.lines() }

  private struct Names {
    var id, fitting, freeTokens, tokens, freeRequests, requests, throttled, status: String
    var endpoint, freeOutput, output: String

    static let sheet = Names(
      id: "id", fitting: "fittingRequestsPerMinute", freeTokens: "freeTokensPerMinute", tokens: "tpmQuota",
      freeRequests: "freeRequestsPerMinute", requests: "rpmQuota", throttled: "throttleRate", status: "status",
      endpoint: "endpoint", freeOutput: "freeOutputTokensPerMinute", output: "outputTpmQuota")
    static let table = Names(
      id: "ID", fitting: "REQUESTS/MIN THAT FIT", freeTokens: "FREE TPM", tokens: "OF TPM", freeRequests: "FREE RPM",
      requests: "OF RPM", throttled: "THROTTLED", status: "STATUS", endpoint: "ENDPOINT", freeOutput: "FREE OUTPUT TPM",
      output: "OF OUTPUT TPM")
  }

  private func table(
    number: (Double?) -> String, share: (Double?) -> String, names: Names, spell: (String) -> String = { $0 }
  ) -> Table {
    let places = PlaceColumns(rows.map(\.report.place))
    let figures = [names.fitting, names.freeTokens, names.tokens, names.freeRequests, names.requests, names.throttled]
    // The sheet always has every column, because programs look for them; the table has bedrock-mantle's if a row needs them.
    let tellsMantle = names.output != Names.table.output || rows.contains { $0.report.endpoint == .mantle }
    let mantle = tellsMantle ? [names.endpoint, names.freeOutput, names.output] : []
    return Table(
      columns: (places.names.map(spell) + [names.id]).map { .text($0) } + figures.map { .number($0) } + [.text(names.status)]
        + mantle.enumerated().map { $0.offset == 0 ? .text($0.element) : .number($0.element) },
      rows: rows.map { row in
        let report = row.report
        let figures = [
          row.fittingRequestsPerMinute, row.tokensPerMinute, (report.peak(.tpm) ?? report.peak(.inputTPM))?.quota,
          row.requestsPerMinute,
          report.peak(.rpm)?.quota,
        ].map(number)
        let end = [share(report.totals?.throttleRate), report.status.rawValue]
        let output = [row.outputTokensPerMinute, report.peak(.outputTPM)?.quota].map(number)
        let cells =
          places.cells(report) + [report.id] + figures + end + (tellsMantle ? [report.endpoint.rawValue] + output : [])
        return cells.map { .init($0) }
      })
  }
}
