import AWSWire
package import Bedquota
import Charts

/// A panel for each report: its requests and its quota tokens, that which throttled first, and then its latency if it was read.
package struct Dashboard {
  package var reports: [UsageReport]
  package var region: String
  package var time: LocalTime

  package init(_ reports: [UsageReport], region: String, time: LocalTime = LocalTime()) {
    self.reports = reports
    self.region = region
    self.time = time
  }

  var title: String { "Amazon Bedrock quotas · \(region)" }

  /// The start and end of the window, the length of a period, and the end of the data.
  var subtitle: String {
    guard let window = reports.first?.window else { return "" }
    let until = reports.compactMap(\.dataUntilSeconds).max().map { " · data to \(time.clock($0))" } ?? ""
    return "\(time.stretch(window)) · by \(Figures.period(window.periodSeconds))\(until)"
  }

  var sheet: Sheet {
    let rows = reports.map { report in
      let chart = UsageChart(report, time: time)
      return Sheet.Row(
        heading: report.placedID, note: chart.summary,
        plots: plots(chart).map(chart.panel))
    }
    return Sheet(
      title: title, subtitle: subtitle,
      summary: "Requests and quota tokens of \(reports.count) models against their quotas, \(subtitle).", rows: rows)
  }

  /// In the order of a panel. All panels have the latency, or none has.
  func plots(_ chart: UsageChart) -> [UsagePlot] {
    chart.plots + (reports.contains { !$0.latencies.isEmpty } ? [.latency] : [])
  }

  /// As an SVG picture.
  package var svg: String { sheet.svg(rowHeight: 210) }

  /// As one HTML file.
  package func html() throws -> String { try DashboardPage(dashboard: self).text() }
}
