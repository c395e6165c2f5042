import Bedquota
import BedrockQuotas
import Charts
import Foundation
import Mustache

/// The dashboard as one HTML file that needs nothing else: no network, no framework.
struct DashboardPage {
  var dashboard: Dashboard

  /// The most figures of a panel that the pointer can show. More would double the file, and no pointer is that precise.
  private static let figuresMax = 2_880

  func text() throws -> String {
    let template = try MustacheTemplate(string: String(decoding: PackageResources.dashboard_mustache, as: UTF8.self))
    let sheet = dashboard.sheet
    let svgs = sheet.panelSVGs()
    let panels = zip(dashboard.reports, svgs).enumerated().map { index, panel in
      let chart = UsageChart(panel.0, time: dashboard.time)
      return Panel(
        heading: Self.escaped(panel.0.placedID), note: Self.escaped(chart.summary),
        plots: zip(dashboard.plots(chart), panel.1).map { Figure(panel: index, kind: $0.rawValue, svg: $1) })
    }
    return template.render([
      "title": Self.escaped(dashboard.title), "subtitle": Self.escaped(dashboard.subtitle), "columns": Self.columns,
      "rows": dashboard.reports.map(row),
      "panels": panels, "style": Theme.css,
      "data": dashboard.reports.isEmpty ? "[]" : data,
    ])
  }

  /// A report's section of the page; texts are HTML, here and below, which the template inserts as it is.
  private struct Panel {
    var heading: String
    var note: String
    var plots: [Figure]
  }

  private struct Figure {
    /// The place of the panel in `data`.
    var panel: Int
    /// The name of a `UsagePlot`.
    var kind: String
    var svg: String
  }

  private struct Cell {
    var text: String
    /// The value by which the column is sorted.
    var key: String
    var style: String
    /// The heading of the column, for pages too narrow for columns.
    var label = ""

    init(text: String, key: String, style: String) {
      (self.text, self.key, self.style) = (DashboardPage.escaped(text), DashboardPage.escaped(key), style)
    }
  }

  /// Mustache's own escaping lets a quotation mark with an accent on it pass, because it looks at what a reader sees as one
  /// character.
  private static func escaped(_ text: String) -> String {
    var markup = Markup()
    markup.append(escaping: text.printable)
    return markup.string
  }

  private struct Column {
    var title: String
    var style = "number"
    /// How the page is sorted; nil: by another column.
    var order: String?
  }

  private static let columns = [
    Column(title: "model or profile", style: ""), Column(title: "requests", order: "descending"), Column(title: "throttled"),
    Column(title: "throttle rate"), Column(title: "quota tokens"), Column(title: "peak of RPM"), Column(title: "peak of TPM"),
    Column(title: "throttled by", style: ""), Column(title: "status", style: ""),
  ]

  private func row(_ report: UsageReport) -> [Cell] {
    func number(_ value: Double?, _ text: String, style: String = "number") -> Cell {
      Cell(text: text, key: value.map { "\($0)" } ?? "", style: style)
    }
    func level(_ style: Style?) -> String {
      switch style {
      case .failure?: " full"
      case .warning?: " high"
      default: ""
      }
    }
    func used(_ measures: QuotaMeasure...) -> Cell {
      let share = measures.compactMap { report.peak($0)?.utilization }.max()
      return number(share, Figures.percent(share), style: "number\(level(share.map(Style.init(utilization:))))")
    }
    let totals = report.totals
    let requests = totals?.demand ?? totals?.invocations
    let tokens = report.countedTotal
    let status = report.status
    let throttling = level(QuotaCheck().throttling(report).flatMap { Style($0.status) })
    let cells = [
      Cell(text: report.placedID, key: report.placedID, style: ""), number(requests, Figures.grouped(requests)),
      number(totals?.throttles, Figures.grouped(totals?.throttles)),
      number(
        totals?.throttleRate, Figures.percent(totals?.throttleRate), style: "number\(throttling)"),
      number(tokens, Figures.grouped(tokens)), used(.rpm), used(.tpm, .inputTPM, .outputTPM),
      Cell(text: report.binding?.name ?? "", key: report.binding?.name ?? "", style: ""),
      Cell(text: status.rawValue, key: status.rawValue, style: level(Style(status)).trimmingPrefix(" ").description),
    ]
    return zip(cells, Self.columns).map { cell, column in
      var cell = cell
      cell.label = column.title
      return cell
    }
  }

  /// The data that the pointer shows. No value in it is text, so nothing in it can end the script that contains it.
  private var data: String {
    let time = dashboard.time
    let panels = dashboard.reports.map { report -> String in
      let window = report.window
      let group = max(1, (window.count + Self.figuresMax - 1) / Self.figuresMax)
      let isMantle = report.endpoint == .mantle
      func list(_ values: [Double]?) -> String { Self.list(values.map(window.perMinute), group: group) }
      let series = [
        list(report.sums.counts(.invocations)), list(isMantle ? nil : report.sums.counts(.throttles)), list(report.countedTokens),
      ]
      let output = isMantle ? ",\"output\":\(list(report.sums.hasTokens ? report.sums.counts(.outputTokens) : nil))" : ""
      let latency = UsageChart(report).latency(.request).map { latency in
        let seconds = [latency.p50Series, latency.p90Series, latency.p99Series].map { values in
          Self.list(values.map { $0 / 1_000 }, group: group)
        }
        return ",\"latency\":[\(seconds.joined(separator: ","))]"
      }
      return
        "{\"start\":\(window.startSeconds),\"step\":\(window.periodSeconds * group),\"minutes\":\(window.periodSeconds * group / 60),\"worst\":\(group > 1),\"values\":[\(series.joined(separator: ","))]\(output)\(latency ?? "")}"
    }
    let window = dashboard.reports[0].window
    // Clocks change on the hour.
    let offsets = stride(from: window.startSeconds, through: window.endSeconds, by: 3_600).reduce(into: [(Int, Int)]()) {
      offsets, at in
      let offset = time.offset(at: at)
      if offsets.last?.1 != offset { offsets.append((at, offset)) }
    }
    return
      "{\"offsets\":[\(offsets.map { "[\($0.0),\($0.1)]" }.joined(separator: ","))],\"panels\":[\(panels.joined(separator: ","))]}"
  }

  /// The highest value of each group; `null` if none is known.
  private static func list(_ values: [Double]?, group: Int) -> String {
    guard let values else { return "null" }
    let figures = stride(from: 0, to: values.count, by: group).map { start -> String in
      let known = values[start..<min(start + group, values.count)].lazy.filter { !$0.isNaN }
      return known.max().map { Figures.plain(($0 * 100).rounded() / 100) } ?? "null"
    }
    return "[\(figures.joined(separator: ","))]"
  }
}
