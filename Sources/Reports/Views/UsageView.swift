import AWSWire
import Algorithms
package import Bedquota
package import BedrockQuotas

/// `usage`: a block for each id, or a row.
package struct UsageView: View {
  package var reports: [UsageReport]
  /// The places that could not be read.
  package var failures: [PlaceFailure]
  package var time: LocalTime
  /// How the reader names the parameters of the library.
  package var spelling: ParameterSpelling

  package init(
    _ reports: [UsageReport], failures: [PlaceFailure] = [], time: LocalTime = LocalTime(), spelling: ParameterSpelling = .swift
  ) {
    self.reports = reports
    self.failures = failures
    self.time = time
    self.spelling = spelling
  }

  package func json() -> String {
    JSONWriter.text { writer in writer.array(reports, failures) { $0.write($1) } }
  }

  package var sheet: Table { UsageTable.sheet(reports) }
  package var document: Table { UsageTable.summary(reports) }

  package var lines: [TerminalPart] { Array(reports.map(block).joined(by: [""])) }

  private func block(_ report: UsageReport) -> [TerminalPart] {
    let window = report.window
    let head: [TerminalPart] = [
      "\(report.placedPlainID, .bold), \(place(of: report))",
      "  \(time.stretch(window)), by \(Figures.period(window.periodSeconds))",
    ]
    guard let totals = report.totals, let until = report.dataUntilSeconds else {
      let dimension = report.endpoint == .mantle ? "Model of AWS/BedrockMantle" : "ModelId"
      let nothing = "No CloudWatch data in this period; looked for the \(dimension) \(report.series.joined(separator: ", "))."
      return head + ([nothing] + report.notes).map { "  \($0)" }
    }
    let peaks = UsageTable.peaks(report, time).lines(indent: "  ")
    let below = remarks(report) + [ending(report, until: until)]
    let parts = [UsageTable.latencies(report), UsageTable.shares(report)].compactMap { $0?.lines(indent: "  ") }
    return head + sums(report, totals).map { "  \($0)" } + peaks + parts.joined() + below.map { "  \($0)" }
  }

  /// `on-demand`; of an id that is shown on both endpoints, `bedrock-runtime, on-demand` and `bedrock-mantle`.
  private func place(of report: UsageReport) -> String {
    if report.endpoint == .mantle { return "bedrock-mantle" }
    let scope = report.resolution.scope.rawValue
    let isOnBoth = reports.contains { $0.id == report.id && $0.endpoint == .mantle }
    return isOnBoth ? "bedrock-runtime, \(scope)" : scope
  }

  private func sums(_ report: UsageReport, _ totals: UsageReport.Totals) -> [TerminalLine] {
    func line(_ title: String, _ figures: [TerminalLine]) -> TerminalLine {
      figures.dropFirst().reduce("\(title) \(figures[0])") { $0 + " · " + $1 }
    }
    func known(_ count: Double?) -> String { count.map { Figures.grouped($0) } ?? "unknown" }
    let isMantle = report.endpoint == .mantle
    let most = report.peakDemand.map { ", at most \(Figures.short($0.value)) a minute" } ?? ""
    let throttled =
      totals.throttles.map { "throttled \(Figures.grouped($0)) (\(Figures.percent(totals.throttleRate)))" } ?? "throttled unknown"
    // All of them are not known on bedrock-mantle.
    let requests: [TerminalLine] =
      isMantle
      ? ["completed \(Figures.grouped(totals.invocations))"]
      : ["\(known(totals.demand))", "accepted \(Figures.grouped(totals.invocations))"]
    let burndown = report.resolution.outputBurndown.map { $0 > 1 ? " (output tokens count \($0)×)" : "" } ?? ""
    var lines: [TerminalLine] = [
      "\(Sparkline.draw(report.demandSeries))  \(isMantle ? "completed requests" : "requests")\(most)",
      line(
        "requests",
        requests + [
          "\(throttled, totals.throttles ?? 0 > 0 ? .failure : nil)", "client errors \(Figures.grouped(totals.clientErrors))",
          "server errors \(known(totals.serverErrors))",
        ]),
      line(
        "tokens  ",
        [
          "input \(known(totals.inputTokens))", "output \(known(totals.outputTokens))",
          "cache read \(known(totals.cacheReadTokens))", "cache write \(known(totals.cacheWriteTokens))",
        ] + (isMantle ? [] : ["quota tokens \(known(totals.countedQuotaTokens))\(burndown)"])),
    ]
    if let input = totals.averageInputTokens, let output = totals.averageOutputTokens {
      lines.append("average  \(Figures.short(input)) input and \(Figures.short(output)) output tokens a request")
    }
    return lines
  }

  private func remarks(_ report: UsageReport) -> [String] {
    let peaks = report.peaks.compactMap { peak in
      peak.note.map { "\(peak.measure.rawValue)\(peak.code.map { " (\($0))" } ?? ""): \($0)" }
    }
    let parts = report.parts.map { "\($0.id) (\(Figures.grouped($0.invocations)))" }.joined(separator: ", ")
    return peaks + (report.parts.count > 1 ? ["Added up: \(parts)"] : []) + report.notes + report.advice
  }

  private func ending(_ report: UsageReport, until: Int) -> String {
    let window = report.window
    let age = (window.nowSeconds - until) / 60
    let lag = window.endSeconds >= window.nowSeconds && age > 0 ? " (\(age) min ago)" : ""
    let hint = report.reservationPeak == nil ? "; \(spelling("maxTokens")) estimates them" : ""
    return "Data to \(time.clock(until))\(lag). Reservations of max_tokens aren't in CloudWatch\(hint)."
  }
}
