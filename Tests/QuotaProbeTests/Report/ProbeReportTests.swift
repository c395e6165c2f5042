import BedrockQuotas
import Foundation
import ProbeScenarios
import QuotaProbe
import Testing

struct ProbeReportTests {
  @Test
  func json() throws {
    let scenario = ProbeScenario(seed: 2004)
    var server = ProbeServer(scenario)
    let origin = server.now
    var options = ProbeOptions()
    options.tokensPerRequest = scenario.tokensPerRequest
    var search = ProbeSearch(options: options, prior: scenario.prior, at: origin)
    ProbeDrive.run(&search, &server)
    let resolution = try ProbeStopTests.resolution(rpm: scenario.requestsPerMinute * 2, tpm: scenario.tokensPerMinute * 2)
    var report = ProbeReport(
      search, resolution: resolution, startedAt: Date(timeIntervalSince1970: 1_790_000_040), origin: origin)
    report.latencies[0] = ProbeReport.Latency(p50: 1, p90: 2, p99: 3)
    let data = try JSONEncoder().encode(report)
    let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(json["id"] as? String == "acme.rocket-v1:0" && json["stopReason"] as? String == "found")
    #expect(json["startedAt"] as? String == "2026-09-21T14:14:00.000Z")
    let semantics = try #require(json["semantics"] as? [String: Any])
    let rate = try #require(semantics["ratePerMinute"] as? [String: Double])
    #expect(rate.keys.sorted() == ["estimate", "high", "low"] && semantics["measure"] as? String == scenario.measure.rawValue)
    let steps = try #require(json["steps"] as? [[String: Any]])
    #expect((steps.first?["latencyMs"] as? [String: Double])?["p99"] == 3)
    let summary = try #require(json["summary"] as? [String: Any])
    #expect(summary["attempted"] as? Int == server.received)
    #expect(steps.compactMap { $0["attempted"] as? Int }.reduce(0, +) == server.received)
    #expect(
      report.advice.contains {
        $0.contains("of the applied quota of") && $0.contains("other clients of the account use the rest")
      })
  }
}
