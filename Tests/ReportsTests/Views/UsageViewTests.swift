import Bedquota
import BedrockQuotas
import Charts
import Foundation
import Reports
import Testing

struct UsageViewTests {
  private func window(minutes: Int, period: Duration = .seconds(60), now: TimeInterval = 7_200) throws -> UsageWindow {
    try UsageWindow(
      start: Sample.start, end: Sample.start + Double(minutes) * 60, period: period, now: Sample.start + now)
  }

  @Test func aReportIsABlock() throws {
    let report = Sample.report(try window(minutes: 3), invocations: [10, 30, 20], throttles: [0, 2, 0])
    let lines = UsageView([report], time: Sample.time).text(usesColor: false).split(separator: "\n").map(String.init)
    #expect(lines[0] == "us.amazon.nova-pro-v1:0, cross-region")
    #expect(lines[1] == "  2026-11-24 10:00 to 2026-11-24 10:03 UTC, by the minute")
    #expect(lines[2] == "  ▄█▆  requests, at most 32 a minute")
    #expect(lines[3] == "  requests 62 · accepted 60 · throttled 2 (3.23 %) · client errors 0 · server errors 0")
    #expect(lines.contains { $0.hasPrefix("  rpm ") && $0.contains("30  2026-11-24 10:01") && $0.contains("15.00 %") })
  }

  @Test func parametersAreSpelledAsTheReaderKnowsThem() throws {
    let report = Sample.report(try window(minutes: 1), invocations: [10])
    let view = UsageView([report], time: Sample.time, spelling: ParameterSpelling { "the field \($0)" })
    #expect(view.text(usesColor: false).hasSuffix("; the field maxTokens estimates them."))
  }

  @Test func withoutDataThereIsNoTable() throws {
    let text = UsageView([Sample.report(try window(minutes: 1), invocations: [])], time: Sample.time).text(usesColor: false)
    #expect(text.contains("No CloudWatch data in this period") && !text.contains("MEASURE"))
  }

  private struct Payload: Decodable {
    struct Peak: Decodable {
      var measure: String
      var value: Double?
    }
    struct Point: Decodable {
      var at: String
      var invocations: Double
    }
    var id: String
    var demand: Double
    var peaks: [Peak]
    var series: [Point]
  }

  @Test func jsonHoldsEveryPeriod() throws {
    let report = Sample.report(try window(minutes: 3), invocations: [10, 30, 20], throttles: [0, 2, 0])
    let payload = try JSONDecoder().decode([Payload].self, from: Data(UsageView([report]).json().utf8))
    #expect(payload[0].demand == 62 && payload[0].series.map(\.invocations) == [10, 30, 20])
    #expect(payload[0].series[1].at == "2026-11-24T10:01:00Z")
  }
}
