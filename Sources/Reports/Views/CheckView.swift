import AWSWire
package import Bedquota
import BedrockQuotas

/// `check`: what a monitoring plugin prints. First one line with the answer and, behind a bar, the performance data; then a line for
/// each quota, the worst first.
///
/// Source of the form: nagios-plugins.org/doc/guidelines.html, "Plugin Output for Nagios". Behind a second bar Nagios would take
/// the rest of the output for performance data, so there is only one.
package struct CheckView: View {
  package var verdicts: [QuotaCheck.Verdict]
  /// The answer as a whole.
  package var status: QuotaCheck.Status
  /// The thresholds that the verdicts were judged by.
  package var check: QuotaCheck
  /// The places that could not be read.
  package var failures: [PlaceFailure]
  package var time: LocalTime

  package init(
    _ verdicts: [QuotaCheck.Verdict], status: QuotaCheck.Status, by check: QuotaCheck, failures: [PlaceFailure] = [],
    time: LocalTime = LocalTime()
  ) {
    self.verdicts = verdicts
    self.failures = failures
    self.status = status
    self.check = check
    self.time = time
  }

  /// The whole answer of a check that failed, on one line.
  package static func failure(_ message: String) -> String { heading(.unknown, message) }

  private static func heading(_ status: QuotaCheck.Status, _ text: String) -> String {
    "BEDROCK QUOTA \(status.rawValue.uppercased()) - \(withoutBars(text.shortened(to: 1_000)))"
  }

  package func json() throws -> String {
    try JSONOutput.encode(verdicts.map { VerdictPayload($0, message: message($0)) } + failures.map(VerdictPayload.init))
  }

  package var sheet: Table { rows(number: Figures.plain, share: Figures.plain) }
  package var document: Table { rows(number: Figures.short, share: Figures.percent) }

  package var lines: [TerminalPart] {
    let data = performanceData
    let first = Self.heading(status, summary) + (data.isEmpty ? "" : " | \(data.joined(separator: " "))")
    return ["\(first)"] + verdicts.map { "\(line($0))" } + failures.map { "UNKNOWN \(Self.withoutBars($0.words))" }
  }

  /// The quota that decided, and how many others are how.
  private var summary: String {
    // How far a verdict is on its way to critical.
    func weight(_ verdict: QuotaCheck.Verdict) -> Double {
      verdict.isThrottling
        ? (verdict.throttleRate ?? 0) / check.throttleCritical : (verdict.utilization ?? 0) / check.critical
    }
    let deciding = verdicts.filter { $0.status == status }
    if deciding.isEmpty, let failure = failures.first { return "\(failure.words)\(counts)" }
    guard let worst = (deciding.isEmpty ? verdicts : deciding).max(by: { weight($0) < weight($1) }) else {
      return "no model had traffic in this time"
    }
    return "\(title(worst)): \(message(worst))\(counts)"
  }

  /// ` (1 critical, 2 ok)`; nothing where there is only one.
  private var counts: String {
    guard verdicts.count + failures.count > 1 else { return "" }
    let counts = [QuotaCheck.Status.critical, .warning, .unknown, .ok].compactMap { status -> String? in
      let count = verdicts.count { $0.status == status } + (status == .unknown ? failures.count : 0)
      return count > 0 ? "\(count) \(status.rawValue)" : nil
    }
    return " (\(counts.joined(separator: ", ")))"
  }

  private func title(_ verdict: QuotaCheck.Verdict) -> String {
    "\(verdict.placedID)\(verdict.subject.map { " \($0)" } ?? "")"
  }

  private func line(_ verdict: QuotaCheck.Verdict) -> String {
    Self.withoutBars("\(verdict.status.rawValue.uppercased()) \(title(verdict)): \(message(verdict))")
  }

  /// A bar would end the text.
  private static func withoutBars(_ text: String) -> String { text.replacing { $0 == "|" ? "/" : $0 } }

  /// `'us.amazon.nova-pro-v1:0 rpm'=190;160;190;0;200` for each quota, and `'us.amazon.nova-pro-v1:0 throttled'=1.25%;1;10;0;100`
  /// for each id, in an order that doesn't depend on the figures.
  private var performanceData: [String] {
    func hundredths(_ value: Double) -> String { Figures.plain((value * 100).rounded() / 100) }
    func label(_ id: String, _ name: String) -> String {
      "'\("\(id) \(name)".replacing { $0 == "'" || $0 == "|" ? nil : $0 == "=" ? "-" : $0 })'"
    }
    var ids: [String] = []
    for verdict in verdicts where !ids.contains(verdict.placedID) { ids.append(verdict.placedID) }
    let thresholds = "\(hundredths(check.throttleWarning * 100));\(hundredths(check.throttleCritical * 100));0;100"
    return ids.sorted().flatMap { id -> [String] in
      let own = verdicts.filter { $0.placedID == id }
      let quotas = own.filter { !$0.isThrottling }.sorted {
        ($0.subject ?? "", $0.code ?? "") < ($1.subject ?? "", $1.code ?? "")
      }
      let data = quotas.compactMap { verdict -> String? in
        guard let measure = verdict.subject, let quota = verdict.quota else { return nil }
        // U says that the value could not be determined.
        let value = verdict.status == .unknown ? "U" : hundredths(verdict.value ?? 0)
        let several = quotas.count { $0.subject == measure } > 1
        let name = label(id, several ? "\(measure) \(verdict.code ?? "")" : measure)
        return
          "\(name)=\(value);\(hundredths(quota * check.warning));\(hundredths(quota * check.critical));0;\(Figures.plain(quota))"
      }
      guard own[0].throttles != nil else { return data }
      return data + ["\(label(id, "throttled"))=\(hundredths((own[0].throttleRate ?? 0) * 100))%;\(thresholds)"]
    }
  }

  private func message(_ verdict: QuotaCheck.Verdict) -> String {
    if verdict.isThrottling { return throttling(verdict) }
    guard let quota = verdict.quota, verdict.status != .unknown else { return verdict.note ?? "no quota of it is known" }
    let throttled = verdict.throttles.flatMap { $0 > 0 ? ", \(Figures.grouped($0)) throttled" : nil } ?? ""
    // A quota that is doubled for cross-region calls has two values: both are named.
    let applied = verdict.appliedValue.flatMap { $0 == quota ? nil : ", applied value \(Figures.grouped($0))" } ?? ""
    let code = verdict.code.map { " (\($0)\(applied))" } ?? ""
    if quota == 0 { return "the quota is 0\(throttled)\(code)" }
    guard let value = verdict.value, let utilization = verdict.utilization else {
      return "no traffic, quota \(Figures.grouped(quota))\(code)"
    }
    let when = verdict.atSeconds.map { " at \(time.minute($0)) \(time.zoneName(at: $0))" } ?? " (p99)"
    let used = "\(Figures.percent(utilization)) used, \(Figures.short(value)) of \(Figures.grouped(quota))"
    return "\(used)\(when)\(counts(verdict))\(throttled)\(code)"
  }

  /// Both counts, where AWS's metric and the formula differ.
  private func counts(_ verdict: QuotaCheck.Verdict) -> String {
    guard let metric = verdict.metricValue, let formula = verdict.formulaValue else { return "" }
    return ", by AWS's metric \(Figures.short(metric)) and by the formula \(Figures.short(formula))"
  }

  private func throttling(_ verdict: QuotaCheck.Verdict) -> String {
    let why = verdict.note.map { ": \($0)" } ?? ""
    guard let rate = verdict.throttleRate, rate < 1 else {
      return "all \(Figures.grouped(verdict.throttles)) requests throttled\(why)"
    }
    let all = verdict.throttles.map { ($0 / rate).rounded() }
    return "\(Figures.percent(rate)) throttled, \(Figures.grouped(verdict.throttles)) of \(Figures.grouped(all)) requests\(why)"
  }

  private func rows(number: (Double?) -> String, share: (Double?) -> String) -> Table {
    let places = PlaceColumns(verdicts.map(\.place) + failures.map(\.place))
    return Table(
      columns: places.columns + [
        .text("id"), .text("measure"), .text("status"), .number("value"), .number("quota"), .number("utilization"), .text("at"),
        .number("throttles"), .text("code"), .number("throttleRate"), .number("appliedValue"),
        .text("endpoint"),
      ],
      rows: verdicts.map { verdict in
        (places.cells(verdict.place) + [
          verdict.id, verdict.subject ?? "", verdict.status.rawValue, number(verdict.value), number(verdict.quota),
          share(verdict.utilization), verdict.atSeconds.map(AWSDate.iso8601) ?? "", number(verdict.throttles), verdict.code ?? "",
          share(verdict.throttleRate), number(verdict.appliedValue), verdict.endpoint.rawValue,
        ]).map { .init($0) }
      })
  }
}
