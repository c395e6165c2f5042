package import Bedquota
import BedrockQuotas
package import Charts

/// A report as charts.
package struct UsageChart {
  package var report: UsageReport
  package var time: LocalTime

  package init(_ report: UsageReport, time: LocalTime = LocalTime()) {
    self.report = report
    self.time = time
  }

  var isMantle: Bool { report.endpoint == .mantle }

  private var window: UsageWindow { report.window }

  private var axis: XAxis {
    let time = time
    return .time(Double(window.startSeconds)...Double(window.endSeconds)) { time.offset(at: Int($0)) }
  }

  /// What throttled comes first: a model that is throttled by tokens shows tokens.
  var plots: [UsagePlot] { isThrottledByTokens ? [.tokens, .requests] : [.requests, .tokens] }

  private var isThrottledByTokens: Bool {
    guard case .quota(let measure)? = report.binding else { return false }
    return [.tpm, .tpd, .inputTPM, .outputTPM].contains(measure) && report.countedTokens != nil
  }

  /// A plot beside others, whose title has the unit.
  func panel(_ plot: UsagePlot) -> Plot {
    var panel =
      switch plot {
      case .requests: requests(title: title(plot), unit: "min")
      case .tokens: tokens(title: title(plot), unit: "min")
      case .latency: latency(title: title(plot))
      }
    panel.yTitle = ""
    return panel
  }

  private func limit(_ measure: QuotaMeasure, _ unit: String) -> [Limit] {
    guard let quota = report.peak(measure)?.quota else { return [] }
    return [Limit(value: quota, name: "quota \(Figures.short(quota))\(unit == "min" ? "/" : " ")\(unit)", color: .gray)]
  }

  /// Accepted and throttled requests, stacked, against the requests per minute.
  package func requests(title: String, subtitle: String = "", unit: String = "requests/min") -> Plot {
    var layers: [Layer] = []
    if let totals = report.totals {
      let bars = Bars(
        start: Double(window.startSeconds), step: Double(window.periodSeconds),
        series: [
          Series(
            name: isMantle ? "completed" : "accepted", color: .success,
            values: window.perMinute(report.sums.counts(.invocations))),
          Series(name: "throttled", color: .throttled, values: window.perMinute(report.sums.counts(.throttles))),
        ].prefix(totals.throttles ?? 0 > 0 ? 2 : 1).map { $0 })
      layers = [.bars(bars)]
    }
    return Plot(
      title: title, subtitle: subtitle, name: name(.requests), summary: description(.requests), x: axis, yTitle: "requests/min",
      isCount: true, layers: layers, limits: limit(.rpm, unit), emptyNote: "No data for \(report.id)")
  }

  /// Quota tokens against the quota of tokens per minute; on bedrock-mantle, input + output and output against its two quotas.
  package func tokens(title: String, subtitle: String = "", unit: String = "tokens/min") -> Plot {
    var layers: [Layer] = []
    if let tokens = report.countedTokens {
      layers = [.area(line(isMantle ? "input + output tokens" : "quota tokens", .blue, window.perMinute(tokens)))]
      if isMantle {
        layers.append(.line(line("output tokens", .orange, window.perMinute(report.sums.counts(.outputTokens)))))
      }
    }
    let why = report.totals == nil ? "No data for \(report.id)" : "Quota tokens are not known for \(report.id)"
    return Plot(
      title: title, subtitle: subtitle, name: name(.tokens), summary: description(.tokens), x: axis, yTitle: "tokens/min",
      isCount: true, layers: layers,
      limits: isMantle ? limit(.inputTPM, "input tokens/min") + limit(.outputTPM, "output tokens/min") : limit(.tpm, unit),
      emptyNote: why)
  }

  /// The percentiles to draw, of the series with the most requests if there are several; nil if they were not read.
  func latency(_ kind: UsageReport.Latency.Kind) -> UsageReport.Latency? {
    let busiest = report.parts.max { ($0.invocations, $1.id) < ($1.invocations, $0.id) }?.id
    return report.latencies.first { $0.id == busiest && $0.kind == kind && !$0.p50Series.isEmpty }
  }

  /// Percentiles of the latency.
  package func latency(title: String) -> Plot {
    var layers: [Layer] = []
    if let request = latency(.request) {
      func seconds(_ values: [Double]) -> [Double] { values.map { $0 / 1_000 } }
      layers = [
        .line(line("latency p99", .purple, seconds(request.p99Series))),
        .line(line("latency p90", .skyBlue, seconds(request.p90Series))),
        .line(line("latency p50", .blue, seconds(request.p50Series))),
      ]
      if let first = latency(.firstToken) {
        layers.append(.line(line("first token p90", .bluishGreen, seconds(first.p90Series), isDashed: true)))
      }
    }
    return Plot(
      title: title, name: name(.latency), summary: description(.latency), x: axis, yTitle: "seconds", layers: layers,
      emptyNote: layers.isEmpty ? noLatency : "No data for \(report.id)")
  }

  /// A value for each period, drawn in its middle.
  private func line(_ name: String, _ color: Color, _ values: [Double], isDashed: Bool = false) -> Line {
    let points = values.indices.map { (x: Double(window.seconds(of: $0)) + Double(window.periodSeconds) / 2, y: values[$0]) }
    return Line(name: name, color: color, points: points, isDashed: isDashed)
  }
}

extension UsageChart {
  /// One chart for each report, one above the other, as SVG; beside or below the tokens of one that tokens throttled, its requests.
  package static func svg(_ reports: [UsageReport], time: LocalTime = LocalTime()) -> String {
    let charts = reports.map { UsageChart($0, time: time) }
    if charts.count == 1 {
      let chart = charts[0]
      if !chart.isThrottledByTokens { return chart.requests(title: chart.report.id, subtitle: chart.summary).svg() }
      return Sheet(
        title: chart.report.id, subtitle: chart.summary, summary: chart.summary,
        rows: chart.plots.map { Sheet.Row(plots: [chart.panel($0)]) }
      ).svg(width: 960, rowHeight: 260)
    }
    let rows = charts.map { chart in
      Sheet.Row(
        heading: chart.report.placedID, note: chart.summary,
        plots: chart.isThrottledByTokens ? chart.plots.map(chart.panel) : [chart.panel(.requests)])
    }
    return Sheet(
      title: "Usage against the quotas",
      summary: "Requests of \(charts.count) models, accepted and throttled, and the tokens of those that tokens throttled.",
      rows: rows
    ).svg(rowHeight: 300)
  }
}
