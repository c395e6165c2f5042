package import Bedquota
import BedrockQuotas
import Charts
import QuotaProbe

/// The requests of a probe over time, accepted and throttled.
package struct ProbeChart {
  /// The most bars that can be told apart. In a longer probe, each bar stands for several seconds.
  private static let barsMax = 240

  package var outcome: ProbeRunner.Outcome

  package init(_ outcome: ProbeRunner.Outcome) { self.outcome = outcome }

  package var svg: String {
    let seconds = outcome.seconds
    let width = max(1, (seconds.count + Self.barsMax - 1) / Self.barsMax)
    let groups = stride(from: 0, to: seconds.count, by: width).map { seconds[$0..<min($0 + width, seconds.count)] }
    let accepted = groups.map { Double($0.reduce(0) { $0 + $1.accepted }) * 60 / Double($0.count) }
    let throttled = groups.map { Double($0.reduce(0) { $0 + $1.throttled }) * 60 / Double($0.count) }
    let bars = Bars(
      start: 0, step: Double(width),
      series: [
        Series(name: "accepted", color: .success, values: accepted),
        Series(name: "throttled", color: .throttled, values: throttled),
      ])
    let total = outcome.report.total
    let requests = "\(Figures.grouped(total.attempted)) requests, \(Figures.percent(total.throttleRate)) of them throttled"
    var summary = requests
    var limits: [Limit] = []
    if let finding = outcome.report.finding {
      let rate = finding.ratePerMinute.estimate
      let isOfRequests = finding.measure == .rpm
      let name = "found: \(Figures.short(rate)) \(isOfRequests ? "requests" : "tokens")/min"
      summary = "\(requests) · \(name)"
      // Tokens have no place on an axis of requests.
      if isOfRequests { limits = [Limit(value: rate, name: name, color: .gray)] }
    }
    return Plot(
      title: "Probe of \(outcome.report.id)", subtitle: summary, summary: summary,
      x: .linear(0...Double(max(1, seconds.count)), title: "seconds"), yTitle: "requests/min", isCount: true,
      layers: [.bars(bars)], limits: limits, limitsAreNamedBeside: true, emptyNote: "Nothing was answered"
    ).svg()
  }
}
