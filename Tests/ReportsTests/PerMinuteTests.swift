import Bedquota
import BedrockQuotas
import Charts
import Foundation
import Testing

@testable import Reports

/// Table, chart and page show the same figures per minute, of an unfinished period too.
struct PerMinuteTests {
  /// 210 s into a period of 300 s.
  private static let now = Date(timeIntervalSince1970: 1_795_544_310)

  /// Each of the finished periods has 300 requests, and the unfinished one 700 and as many throttled.
  private func report() throws -> UsageReport {
    let window = try UsageWindow(hours: 1, period: .seconds(300), now: Self.now)
    var series = UsageSeries(window: window)
    let times = (0..<window.count).map { window.time(of: $0).timeIntervalSince1970 }
    let values = times.map { $0 == times.last ? 700.0 : 300 }
    series.add([(times, values)], of: .invocations, from: "us.x")
    series.add([([times.last!], [700])], of: .throttles, from: "us.x")
    series.add([(times, values.map { $0 * 10 })], of: .inputTokens, from: "us.x")
    var resolution = Resolution(
      id: "us.x", modelID: ModelID("acme.rocket"), scope: .crossRegion, status: .resolved)
    resolution.outputBurndown = 1
    return UsageCalculation(pool: QuotaPool(id: "us.x", resolution: resolution, series: ["us.x"]), series: series).report()
  }

  @Test func tableChartAndPageAgree() throws {
    let report = try report()
    // 700 requests in 210 s.
    #expect(report.peak(.rpm)?.value == 200 && report.peakDemand?.value == 400)
    let table = UsageTable.peaks(report, LocalTime(zone: .gmt))
    #expect(table.rows.map { $0[1].text } == ["200", "2,000"])

    let chart = UsageChart(report)
    guard case .bars(let bars)? = chart.requests(title: "").layers.first,
      case .area(let line)? = chart.tokens(title: "").layers.first
    else {
      Issue.record("no layers")
      return
    }
    #expect(bars.series.map { $0.values.last } == [200, 200] && bars.series[0].values.first == 60)
    #expect(line.points.last?.y == 2_000 && line.points.first?.y == 600)

    let page = try DashboardPage(dashboard: Dashboard([report], region: "us-east-1")).text()
    for figures in ["60,60,200]", "0,0,200]", "600,600,2000]"] {
      #expect(page.contains(figures), "\(figures)")
    }
  }
}
