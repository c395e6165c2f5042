package import Bedquota
import BedrockQuotas

/// `increase status`: the requests that were filed, and what became of them.
package struct IncreaseHistoryView: View {
  package var records: [IncreaseRecord]
  /// The values of the account now, by quota code.
  package var values: [String: Double]
  package var time: LocalTime

  package init(_ records: [IncreaseRecord], values: [String: Double], time: LocalTime = LocalTime()) {
    (self.records, self.values, self.time) = (records, values, time)
  }

  package func json() throws -> String {
    try JSONOutput.encode(records.map { IncreaseRecordPayload($0, current: current($0)) })
  }

  package var sheet: Table { rows(Figures.plain) }
  package var document: Table { rows(Figures.grouped) }

  package var lines: [TerminalPart] {
    guard !records.isEmpty else { return ["No requests to increase a quota in the last 90 days."] }
    return [
      .table(
        Table(
          columns: [
            .text("CREATED"), .text("STATUS"), .number("ASKED FOR"), .number("APPLIED NOW"), .text("OUTCOME"), .text("CODE"),
            .text("NAME"), .text("ID"),
          ],
          rows: records.map { record in
            [
              .init(record.createdSeconds.map { time.minute(Int($0)) } ?? "–"), .init(record.status ?? "–", style(record)),
              .init(Figures.grouped(record.desiredValue)), .init(Figures.grouped(current(record))),
              .init(record.outcome(current: current(record))), .init(record.quotaCode ?? ""), .init(record.quotaName ?? ""),
              .init(record.id ?? ""),
            ]
          }), indent: "")
    ]
  }

  private func current(_ record: IncreaseRecord) -> Double? { record.quotaCode.flatMap { values[$0] } }

  private func style(_ record: IncreaseRecord) -> Style? {
    record.isOpen ? .warning : record.status == "APPROVED" ? .success : .failure
  }

  private func rows(_ number: (Double?) -> String) -> Table {
    Table(
      columns: [
        .text("created"), .text("status"), .number("desiredValue"), .number("appliedValue"), .text("outcome"), .text("code"),
        .text("name"), .text("id"), .text("caseId"),
      ],
      rows: records.map { record in
        let payload = IncreaseRecordPayload(record, current: current(record))
        return [
          payload.created ?? "", payload.status ?? "", number(payload.desiredValue), number(payload.appliedValue),
          payload.outcome, payload.code ?? "", payload.name ?? "", payload.id ?? "", payload.caseId ?? "",
        ].map { .init($0) }
      })
  }
}
