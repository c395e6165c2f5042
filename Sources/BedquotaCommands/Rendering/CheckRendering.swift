import AWSWire
import Bedquota
import BedrockQuotas

/// `check`: a line for each quota as monitoring plugins print it, with performance data behind the bar.
///
/// Source of the form: nagios-plugins.org/doc/guidelines.html, "Plugin Output for Nagios".
struct CheckRendering {
  var check: QuotaCheck
  var time = LocalTime()

  func render(_ verdicts: [QuotaCheck.Verdict], as format: OutputFormat) throws -> String {
    switch format {
    case .table: verdicts.map(line).joined(separator: "\n")
    case .json: try JSONOutput.encode(verdicts.map { VerdictJSON($0, message: message($0)) })
    case .csv: table(verdicts, number: Figures.plain, share: Figures.plain).csv()
    case .markdown: table(verdicts, number: Figures.short, share: Figures.percent).markdown()
    }
  }

  private func line(_ verdict: QuotaCheck.Verdict) -> String {
    let head = "\(verdict.status.rawValue.uppercased()) \(verdict.id)\(verdict.measure.map { " \($0.rawValue)" } ?? ""): "
    guard let measure = verdict.measure, let quota = verdict.quota, verdict.status != .unknown else {
      return head + message(verdict)
    }
    func limit(_ share: Double) -> String { Figures.plain((quota * share * 100).rounded() / 100) }
    let label = "\(verdict.id) \(measure.rawValue)".replacing("'", with: "").replacing("=", with: "-")
    return head + message(verdict)
      + " | '\(label)'=\(Figures.plain(((verdict.value ?? 0) * 100).rounded() / 100));\(limit(check.warning));\(limit(check.critical));0;\(Figures.plain(quota))"
  }

  private func message(_ verdict: QuotaCheck.Verdict) -> String {
    if verdict.status == .unknown || verdict.quota == nil { return verdict.note ?? "no quota of it is known" }
    let quota = verdict.quota ?? 0
    let throttled = verdict.throttles > 0 ? ", \(Figures.grouped(verdict.throttles)) throttled" : ""
    let code = verdict.code.map { " (\($0))" } ?? ""
    if quota == 0 { return "the quota is 0\(throttled)\(code)" }
    guard let value = verdict.value, let utilization = verdict.utilization else {
      return "no traffic, quota \(Figures.grouped(quota))\(code)"
    }
    let when = verdict.atSeconds.map { " at \(time.minute($0)) \(time.zoneName(at: $0))" } ?? " (p99)"
    return
      "\(Figures.percent(utilization)) used, \(Figures.short(value)) of \(Figures.grouped(quota))\(when)\(throttled)\(code)"
  }

  private func table(
    _ verdicts: [QuotaCheck.Verdict], number: (Double?) -> String, share: (Double?) -> String
  ) -> Table {
    var table = Table(columns: [
      .init("id"), .init("measure"), .init("status"), .init("value", isNumber: true), .init("quota", isNumber: true),
      .init("utilization", isNumber: true), .init("at"), .init("throttles", isNumber: true), .init("code"),
    ])
    table.rows = verdicts.map { verdict in
      let cells = [
        verdict.id, verdict.measure?.rawValue ?? "", verdict.status.rawValue, number(verdict.value), number(verdict.quota),
        share(verdict.utilization), verdict.atSeconds.map(AWSDate.iso8601) ?? "", number(verdict.throttles), verdict.code ?? "",
      ]
      return cells.map { Table.Cell($0) }
    }
    return table
  }

  private struct VerdictJSON: Encodable {
    var at: String?
    var code: String?
    var id: String
    var measure: QuotaMeasure?
    var message: String
    var quota: Double?
    var status: String
    var throttles: Double
    var utilization: Double?
    var value: Double?

    init(_ verdict: QuotaCheck.Verdict, message: String) {
      at = verdict.atSeconds.map(AWSDate.iso8601)
      code = verdict.code
      id = verdict.id
      measure = verdict.measure
      self.message = message
      quota = verdict.quota
      status = verdict.status.rawValue
      throttles = verdict.throttles
      utilization = verdict.utilization
      value = verdict.value
    }
  }
}
