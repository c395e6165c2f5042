import AWSWire
package import Bedquota
import BedrockQuotas

/// `check`: a line for each quota as monitoring plugins print it, with performance data behind the bar.
///
/// Source of the form: nagios-plugins.org/doc/guidelines.html, "Plugin Output for Nagios".
package struct CheckView: View {
  package var verdicts: [QuotaCheck.Verdict]
  /// The thresholds that the verdicts were judged by.
  package var check: QuotaCheck
  package var time: LocalTime

  package init(_ verdicts: [QuotaCheck.Verdict], by check: QuotaCheck, time: LocalTime = LocalTime()) {
    self.verdicts = verdicts
    self.check = check
    self.time = time
  }

  package func json() throws -> String {
    try JSONOutput.encode(verdicts.map { VerdictPayload($0, message: message($0)) })
  }

  package var sheet: Table { rows(number: Figures.plain, share: Figures.plain) }
  package var document: Table { rows(number: Figures.short, share: Figures.percent) }
  package var lines: [TerminalPart] { verdicts.map { "\(line($0))" } }

  private func line(_ verdict: QuotaCheck.Verdict) -> String {
    // A bar would end the text of the line.
    let id = Self.withoutBars(verdict.id)
    let head = "\(verdict.status.rawValue.uppercased()) \(id)\(verdict.measure.map { " \($0.rawValue)" } ?? ""): "
    guard let measure = verdict.measure, let quota = verdict.quota, verdict.status != .unknown else {
      return head + Self.withoutBars(message(verdict))
    }
    func hundredths(_ value: Double) -> String { Figures.plain((value * 100).rounded() / 100) }
    let label = "\(id) \(measure.rawValue)".replacing { $0 == "'" ? nil : $0 == "=" ? "-" : $0 }
    let thresholds = "\(hundredths(quota * check.warning));\(hundredths(quota * check.critical))"
    return "\(head)\(message(verdict)) | '\(label)'=\(hundredths(verdict.value ?? 0));\(thresholds);0;\(Figures.plain(quota))"
  }

  private static func withoutBars(_ text: String) -> String { text.replacing { $0 == "|" ? "/" : $0 } }

  private func message(_ verdict: QuotaCheck.Verdict) -> String {
    guard let quota = verdict.quota, verdict.status != .unknown else { return verdict.note ?? "no quota of it is known" }
    let throttled = verdict.throttles > 0 ? ", \(Figures.grouped(verdict.throttles)) throttled" : ""
    let code = verdict.code.map { " (\($0))" } ?? ""
    if quota == 0 { return "the quota is 0\(throttled)\(code)" }
    guard let value = verdict.value, let utilization = verdict.utilization else {
      return "no traffic, quota \(Figures.grouped(quota))\(code)"
    }
    let when = verdict.atSeconds.map { " at \(time.minute($0)) \(time.zoneName(at: $0))" } ?? " (p99)"
    let used = "\(Figures.percent(utilization)) used, \(Figures.short(value)) of \(Figures.grouped(quota))"
    return "\(used)\(when)\(throttled)\(code)"
  }

  private func rows(number: (Double?) -> String, share: (Double?) -> String) -> Table {
    Table(
      columns: [
        .text("id"), .text("measure"), .text("status"), .number("value"), .number("quota"), .number("utilization"), .text("at"),
        .number("throttles"), .text("code"),
      ],
      rows: verdicts.map { verdict in
        [
          verdict.id, verdict.measure?.rawValue ?? "", verdict.status.rawValue, number(verdict.value), number(verdict.quota),
          share(verdict.utilization), verdict.atSeconds.map(AWSDate.iso8601) ?? "", number(verdict.throttles), verdict.code ?? "",
        ].map { .init($0) }
      })
  }
}
