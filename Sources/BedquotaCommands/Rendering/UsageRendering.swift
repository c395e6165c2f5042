import AWSWire
import Bedquota
import BedrockQuotas

/// `usage` as a table of text, a block for each id.
enum UsageRendering {
  static func render(_ reports: [UsageReport], as format: OutputFormat, usesColor: Bool) -> String {
    switch format {
    case .json: UsageJSON.text(reports)
    case .csv: UsageTable.flat(reports).csv()
    case .markdown: UsageTable.summary(reports).markdown()
    case .table: reports.map { block($0, usesColor: usesColor) }.joined(separator: "\n\n")
    }
  }

  private static func block(_ report: UsageReport, usesColor: Bool) -> String {
    let time = LocalTime()
    let window = report.window
    let title = usesColor ? "\u{1B}[1m\(report.id)\u{1B}[0m" : report.id
    var lines = [
      "\(title), \(report.resolution.scope.rawValue)", "  \(time.stretch(window)), by \(Figures.period(window.periodSeconds))",
    ]
    guard let totals = report.totals, let until = report.dataUntilSeconds else {
      lines.append(
        "  CloudWatch has no data of it in this time; looked for the ModelId \(report.series.joined(separator: ", ")).")
      return (lines + report.notes.map { "  \($0)" }).joined(separator: "\n")
    }
    let demand = report.demandSeries
    lines.append(
      "  \(Sparkline.draw(demand))  demand\(report.peakDemand.map { ", at most \(Figures.short($0.value)) a minute" } ?? "")")
    let rate = Figures.percent(totals.throttleRate)
    let red = usesColor && totals.throttles > 0
    let throttled = "throttled \(Figures.grouped(totals.throttles)) of \(Figures.grouped(totals.demand)) (\(rate))"
    lines.append(
      "  requests \(Figures.grouped(totals.invocations)) · \(red ? "\u{1B}[31m\(throttled)\u{1B}[0m" : throttled) · client errors \(Figures.grouped(totals.clientErrors)) · server errors \(Figures.grouped(totals.serverErrors))"
    )
    let burndown = report.resolution.outputBurndown.map { $0 > 1 ? " (an output token counts \($0)×)" : "" } ?? ""
    lines.append(
      "  tokens   input \(Figures.grouped(totals.inputTokens)) · output \(Figures.grouped(totals.outputTokens)) · cache read \(Figures.grouped(totals.cacheReadTokens)) · cache write \(Figures.grouped(totals.cacheWriteTokens)) · quota tokens \(totals.quotaTokens.map { Figures.grouped($0) } ?? "unknown")\(burndown)"
    )
    if let input = totals.averageInputTokens, let output = totals.averageOutputTokens {
      lines.append("  average  \(Figures.short(input)) input and \(Figures.short(output)) output tokens a request")
    }
    lines.append(UsageTable.peaks(report, time).text(indent: "  ", usesColor: usesColor))
    lines += report.peaks.compactMap { peak in
      peak.note.map { "  \(peak.measure.rawValue)\(peak.code.map { " (\($0))" } ?? ""): \($0)" }
    }
    if report.parts.count > 1 {
      lines.append("  Added up: \(report.parts.map { "\($0.id) (\(Figures.grouped($0.invocations)))" }.joined(separator: ", "))")
    }
    lines += (report.notes + report.advice).map { "  \($0)" }
    let age = (window.nowSeconds - until) / 60
    let lag = window.endSeconds >= window.nowSeconds && age > 0 ? " (\(age) min ago)" : ""
    lines.append(
      "  Data to \(time.clock(until))\(lag). Reservations of max_tokens aren't in CloudWatch\(report.reservationPeak == nil ? "; --max-tokens estimates them" : "")."
    )
    return lines.joined(separator: "\n")
  }
}

extension UsageReport.Binding {
  var name: String {
    switch self {
    case .quota(let measure): measure.rawValue
    case .invisible: "not visible"
    }
  }
}
