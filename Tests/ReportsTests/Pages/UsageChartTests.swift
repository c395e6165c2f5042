import Bedquota
import BedrockQuotas
import Charts
import Foundation
import Testing

@testable import Reports

/// Charts show what throttled, and say in words what they show.
struct UsageChartTests {
  /// Three minutes, of which the second one uses up one of two quotas.
  /// - Parameter isByTokens: whether that is the quota of tokens, else that of requests.
  private func report(isByTokens: Bool, throttles: [Double] = [0, 5, 0]) throws -> UsageReport {
    var resolution = Sample.resolution
    resolution.quotas = [("requests", isByTokens ? 1_000.0 : 90), ("tokens", isByTokens ? 100_000 : 1e9)].map { measure, value in
      let name = "Cross-region model inference \(measure) per minute for Amazon Nova Pro"
      return .init(
        quota: Quota(
          code: "L-\(measure.first!.uppercased())", name: QuotaName(name), appliedValue: value, defaultValue: value,
          adjustable: true, family: "Nova"),
        evidence: "every word agrees")
    }
    let window = try UsageWindow(
      start: Sample.start, end: Sample.start + 180, period: .seconds(60), now: Sample.start + 7_200)
    let times = (0..<3).map { Double(window.seconds(of: $0)) }
    var series = UsageSeries(window: window)
    for (metric, values) in [
      (UsageMetric.invocations, [10.0, 95, 20]), (.throttles, throttles), (.inputTokens, [10_000, 95_000, 20_000]),
      (.outputTokens, [100, 950, 200]),
    ] { series.add([(times, values)], of: metric, from: resolution.id) }
    let pool = QuotaPool(id: resolution.id, resolution: resolution, series: [resolution.id])
    return UsageCalculation(pool: pool, series: series).report()
  }

  @Test func whatThrottledComesFirst() throws {
    let byTokens = UsageChart(try report(isByTokens: true))
    let byRequests = UsageChart(try report(isByTokens: false))
    let unthrottled = UsageChart(try report(isByTokens: true, throttles: [0, 0, 0]))
    #expect(byTokens.plots == [.tokens, .requests])
    #expect(byRequests.plots == [.requests, .tokens] && unthrottled.plots == [.requests, .tokens])

    #expect(UsageChart.svg([byTokens.report]).contains("Quota tokens per minute"))
    #expect(!UsageChart.svg([byRequests.report]).contains("Quota tokens per minute"))
    let both = UsageChart.svg([byTokens.report, byRequests.report])
    #expect(
      both.ranges(of: "class=\"plot\"").count == 3 && both.contains("throttled by TPM") && both.contains("throttled by RPM"))
  }

  @Test func plotsAreNamedByWhatTheyShow() throws {
    let chart = UsageChart(try report(isByTokens: true))
    let (requests, tokens) = (chart.panel(.requests), chart.panel(.tokens))
    #expect(requests.title == "Requests per minute" && tokens.title == "Quota tokens per minute")
    #expect(requests.name == "Requests per minute, us.amazon.nova-pro-v1:0")
    #expect(
      requests.summary == "130 requests, 5 throttled (3.85 %); at most 100 a minute; the quota is 1,000 a minute")
    #expect(tokens.summary == "126,250 quota tokens; at most 95,950 a minute; the TPM quota is 100,000 a minute")
    #expect(
      chart.summary.hasPrefix("130 requests, 5 throttled (3.85 %) · peak ") && chart.summary.hasSuffix(" · throttled by TPM"))
    #expect(requests.isCount && tokens.isCount)
    #expect(requests.limits.map(\.name) == ["quota 1,000/min"] && tokens.limits.map(\.name) == ["quota 100,000/min"])
    #expect(chart.requests(title: "x").limits.map(\.name) == ["quota 1,000 requests/min"])
  }

  @Test func thePageHasTheOrderOfThePlots() throws {
    let page = try Dashboard([report(isByTokens: true), report(isByTokens: false)], region: "us-east-1").html()
    let figures = page.matches(of: /<div class="figure" data-panel="(\d)" data-kind="(\w+)"><svg/).map { "\($0.1) \($0.2)" }
    #expect(figures == ["0 tokens", "0 requests", "1 requests", "1 tokens"])
    #expect(page.ranges(of: "<style>").count == 1, "the page's own")
    #expect(page.contains("<th role=\"columnheader\" class=\"number\" aria-sort=\"descending\"><button>requests</button></th>"))
    #expect(page.ranges(of: "aria-sort=\"").count == 1)
    #expect(page.contains("data-label=\"throttle rate\""))
  }
}
