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

  private var window: UsageWindow { report.window }

  private var axis: XAxis {
    let time = time
    return .time(Double(window.startSeconds)...Double(window.endSeconds)) { time.offset(at: Int($0)) }
  }

  private func limit(_ measure: QuotaMeasure, _ unit: String) -> [Limit] {
    guard let quota = report.peak(measure)?.quota else { return [] }
    return [Limit(value: quota, name: "quota \(Figures.short(quota)) \(unit)", color: .gray)]
  }

  /// Accepted and throttled requests, stacked, against the requests per minute.
  package func requests(title: String, subtitle: String = "") -> Plot {
    var layers: [Layer] = []
    if let totals = report.totals {
      let bars = Bars(
        start: Double(window.startSeconds), step: Double(window.periodSeconds),
        series: [
          Series(
            name: report.endpoint == .mantle ? "completed" : "accepted", color: .success,
            values: window.perMinute(report.sums.counts(.invocations))),
          Series(name: "throttled", color: .throttled, values: window.perMinute(report.sums.counts(.throttles))),
        ].prefix(totals.throttles ?? 0 > 0 ? 2 : 1).map { $0 })
      layers = [.bars(bars)]
    }
    return Plot(
      title: title, subtitle: subtitle, summary: summary, x: axis, yTitle: "requests/min", layers: layers,
      limits: limit(.rpm, "requests/min"), emptyNote: "No data for \(report.id)")
  }

  /// Quota tokens against the quota of tokens per minute; on bedrock-mantle, input + output and output against its two quotas.
  package func tokens(title: String) -> Plot {
    let isMantle = report.endpoint == .mantle
    var layers: [Layer] = []
    if let tokens = report.countedTokens {
      layers = [.area(line(isMantle ? "input + output tokens" : "quota tokens", .blue, window.perMinute(tokens)))]
      if isMantle {
        layers.append(.line(line("output tokens", .orange, window.perMinute(report.sums.counts(.outputTokens)))))
      }
    }
    let why = report.totals == nil ? "No data for \(report.id)" : "Quota tokens are not known for \(report.id)"
    return Plot(
      title: title, subtitle: "", summary: summary, x: axis, yTitle: "tokens/min", layers: layers,
      limits: isMantle
        ? limit(.inputTPM, "input tokens/min") + limit(.outputTPM, "output tokens/min") : limit(.tpm, "tokens/min"),
      emptyNote: why)
  }

  /// The percentiles to draw, of the series with the most requests if there are several; nil if they were not read.
  func latency(_ kind: UsageReport.Latency.Kind) -> UsageReport.Latency? {
    let busiest = report.parts.max { ($0.invocations, $1.id) < ($1.invocations, $0.id) }?.id
    return report.latencies.first { $0.id == busiest && $0.kind == kind && !$0.p50Series.isEmpty }
  }

  /// Percentiles of the latency.
  package func latency(title: String) -> Plot {
    guard let request = latency(.request) else {
      let why = report.endpoint == .mantle ? "bedrock-mantle publishes no latency" : "No latency for \(report.id)"
      return Plot(title: title, subtitle: "", summary: why, x: axis, yTitle: "seconds", emptyNote: why)
    }
    func seconds(_ values: [Double]) -> [Double] { values.map { $0 / 1_000 } }
    var layers: [Layer] = [
      .line(line("latency p99", .purple, seconds(request.p99Series))),
      .line(line("latency p90", .skyBlue, seconds(request.p90Series))),
      .line(line("latency p50", .blue, seconds(request.p50Series))),
    ]
    if let first = latency(.firstToken) {
      layers.append(.line(line("first token p90", .bluishGreen, seconds(first.p90Series), isDashed: true)))
    }
    return Plot(
      title: title, subtitle: "", summary: "Latency of \(request.id)", x: axis, yTitle: "seconds", layers: layers,
      emptyNote: "No data for \(report.id)")
  }

  /// A value for each period, drawn in its middle.
  private func line(_ name: String, _ color: Color, _ values: [Double], isDashed: Bool = false) -> Line {
    let points = values.indices.map { (x: Double(window.seconds(of: $0)) + Double(window.periodSeconds) / 2, y: values[$0]) }
    return Line(name: name, color: color, points: points, isDashed: isDashed)
  }

  /// `throttled 2,404 of 55,453 (4.34 %) · peak 130.00 % of the RPM quota, 54.00 % of the TPM quota`
  package var summary: String {
    guard let totals = report.totals else { return "No data for \(report.id)" }
    let rate = Figures.percent(totals.throttleRate)
    let throttled =
      report.endpoint == .mantle
      ? "\(Figures.grouped(totals.invocations)) requests completed"
      : totals.throttles ?? 0 > 0
        ? "throttled \(Figures.grouped(totals.throttles)) of \(Figures.grouped(totals.demand)) (\(rate))"
        : "\(Figures.grouped(totals.demand)) requests, none throttled"
    let names: [(QuotaMeasure, String)] = [
      (.rpm, "RPM"), (.tpm, "TPM"), (.inputTPM, "input TPM"), (.outputTPM, "output TPM"),
    ]
    let used = names.compactMap { measure, name in
      report.peak(measure)?.utilization.map { "\(Figures.percent($0)) of the \(name) quota" }
    }
    return used.isEmpty ? throttled : "\(throttled) · peak \(used.joined(separator: ", "))"
  }
}

extension UsageChart {
  /// One chart for each report, one above the other, as SVG.
  package static func svg(_ reports: [UsageReport], time: LocalTime = LocalTime()) -> String {
    let plots = reports.map { report in
      let chart = UsageChart(report, time: time)
      return chart.requests(title: report.id, subtitle: chart.summary)
    }
    if plots.count == 1 { return plots[0].svg() }
    let rows = plots.map { Sheet.Row(heading: "", note: "", plots: [$0]) }
    return Sheet(
      title: "Requests against the quota", subtitle: "", summary: "Requests of \(plots.count) models, accepted and throttled.",
      rows: rows
    ).svg(rowHeight: 300)
  }
}
