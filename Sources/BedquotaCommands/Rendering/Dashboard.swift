import AWSWire
import Bedquota
import Charts

/// A panel for each report: requests on the left, quota tokens on the right.
struct Dashboard {
  var reports: [UsageReport]
  var region: String
  var time = LocalTime()

  var title: String { "Amazon Bedrock quotas · \(region)" }

  /// From when to when, in which periods, and how far the data go.
  var subtitle: String {
    guard let window = reports.first?.window else { return "" }
    let until = reports.compactMap(\.dataUntilSeconds).max().map { " · data to \(time.clock($0))" } ?? ""
    return "\(time.stretch(window)) · by \(Figures.period(window.periodSeconds))\(until)"
  }

  var sheet: Sheet {
    let rows = reports.map { report in
      let chart = UsageChart(report: report, time: time)
      return Sheet.Row(heading: report.id, note: chart.summary, plots: [chart.requests(title: ""), chart.tokens(title: "")])
    }
    return Sheet(
      title: title, subtitle: subtitle,
      summary: "Requests and quota tokens of \(reports.count) models against their quotas, \(subtitle).", rows: rows)
  }

  /// A file's content, by the end of its name.
  func content(html: Bool) throws -> String { html ? try DashboardPage(dashboard: self).text() : sheet.svg() }
}
