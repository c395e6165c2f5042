import AWSWire
import BedrockQuotas
import Foundation
import Testing

@testable import Bedquota

/// Reports on bedrock-mantle.
struct MantleUsageTests {
  private static func quota(_ code: String, _ kind: String, _ value: Double) -> Quota {
    Quota(
      code: code, name: QuotaName("[bedrock-mantle endpoint] \(kind) tokens per minute for GPT-5.4"), appliedValue: value,
      family: "GPT")
  }

  private static let quotas = [quota("L-I", "Input", 1_000), quota("L-O", "Output", 200)]

  private func report(
    _ counts: [UsageMetric: [Int: Double]], _ quotas: [Quota] = quotas, maxTokens: Double? = nil
  ) -> UsageReport {
    let window = UsageBench.window
    var resolution = Resolution(id: "openai.gpt-5.4", modelID: ModelID("openai.gpt-5.4"), scope: .mantle, status: .resolved)
    resolution.quotas = quotas.map { .init(quota: $0, evidence: "") }
    var series = UsageSeries(window: window, endpoint: .mantle)
    for (metric, points) in counts {
      let sorted = points.sorted { $0.key < $1.key }
      series.add([(sorted.map { Double(window.seconds(of: $0.key)) }, sorted.map(\.value))], of: metric, from: "openai.gpt-5.4")
    }
    let pool = QuotaPool(id: "openai.gpt-5.4", resolution: resolution, series: ["openai.gpt-5.4"], endpoint: .mantle)
    return UsageCalculation(pool: pool, series: series, maxTokens: maxTokens).report()
  }

  private let traffic: [UsageMetric: [Int: Double]] = [
    .invocations: [0: 3, 5: 1], .inputTokens: [0: 600, 5: 100], .outputTokens: [0: 90, 5: 150], .clientErrors: [7: 2],
  ]

  @Test func theQuotaOfInputKeepsInputAndOutput() throws {
    let report = report(traffic)
    #expect(report.peaks.map(\.measure) == [.inputTPM, .outputTPM])
    #expect(report.peaks.map(\.value) == [690, 150] && report.peaks.map(\.code) == ["L-I", "L-O"])
    #expect(report.peaks.map(\.utilization) == [0.69, 0.75])
    #expect(report.peaks.map(\.atSeconds) == [0, 5].map { UsageBench.window.startSeconds + $0 * 60 })
  }

  @Test func whatIsNotPublishedIsUnknown() throws {
    let report = report(traffic)
    let totals = try #require(report.totals)
    #expect(totals.invocations == 4 && totals.clientErrors == 2 && totals.inputTokens == 700 && totals.outputTokens == 240)
    #expect(totals.throttles == nil && totals.demand == nil && totals.throttleRate == nil && totals.serverErrors == nil)
    #expect(totals.cacheReadTokens == nil && totals.quotaTokens == nil && report.binding == nil)
    #expect(report.points.allSatisfy { $0.throttles == nil } && report.parts.map(\.throttles) == [nil])
    #expect(report.notes.contains { $0.contains("no throttled requests") })
  }

  /// As runtime's failed requests are among the accepted ones, and mantle's aren't, three errors don't explain three requests.
  @Test func tokensThatNobodyCountsAreUnknown() {
    let report = report([.invocations: [0: 3], .clientErrors: [0: 3]])
    #expect(report.totals?.inputTokens == nil && report.peaks.map(\.value) == [nil, nil])
    #expect(report.notes.contains { $0.contains("not their tokens") })
  }

  @Test func reservationsAreOfInput() {
    let peak = report(traffic, maxTokens: 100).reservationPeak
    #expect(peak?.measure == .inputTPM && peak?.value == 900 && peak?.code == "L-I")
  }

  @Test(arguments: [(1_000.0, 200.0, QuotaCheck.Status.ok), (1_000, 180, .warning), (700, 200, .critical)])
  func bothQuotasAreJudged(input: Double, output: Double, worst: QuotaCheck.Status) {
    let report = report(traffic, [Self.quota("L-I", "Input", input), Self.quota("L-O", "Output", output)])
    let verdicts = QuotaCheck().verdicts(on: [report])
    #expect(verdicts.count == 2 && verdicts.map(\.status).worst == worst)
    #expect(verdicts.allSatisfy { $0.endpoint == .mantle && $0.throttles == nil && !$0.isThrottling })
  }

  @Test func adviceDoesNotSayThatNothingWasThrottled() {
    let report = report(traffic, [Self.quota("L-I", "Input", 700), Self.quota("L-O", "Output", 200)])
    #expect(report.advice.count == 1 && report.advice[0].contains("isn't published"))
  }

  @Test func theScarcerMeterLeavesTheHeadroom() {
    let row = Headroom.ranked([report(traffic)])[0]
    #expect(row.tokensPerMinute == 310 && row.outputTokensPerMinute == 50)
    // 940 tokens and 240 of output in 4 requests.
    #expect(row.fittingRequestsPerMinute == 50.0 / 60)
  }

  private func listing(_ metrics: [(String, [String: String])]) -> SeriesListing {
    var listing = SeriesListing(.mantle(.builtIn))
    listing.add(
      metrics.map { name, dimensions in
        Metric(
          namespace: "AWS/BedrockMantle", name: name, dimensions: dimensions.map { .init(name: $0.key, value: $0.value) })
      })
    return listing
  }

  private func names(_ ways: [[Metric]]) -> [[String]] {
    ways.map { way in way.map { "\($0.name ?? "") \(($0.dimensions ?? []).map(\.value).joined(separator: "+"))" }.sorted() }
  }

  @Test func partsAreAddedOnlyWhereTheWholeIsNotListed() {
    let parts = ["p", "q"].map { ("InputTokens", ["Model": "m", "Project": $0]) }
    let key = SeriesKey("m", on: .mantle)
    #expect(names(listing(parts).ways(to: .inputTokens, of: key)) == [["InputTokens m+p", "InputTokens m+q"]])
    let whole = listing(parts + [("TotalInputTokens", ["Model": "m"])])
    #expect(names(whole.ways(to: .inputTokens, of: key)) == [["TotalInputTokens m"]])
    #expect(names(listing([]).ways(to: .inputTokens, of: key)) == [["TotalInputTokens m"], ["InputTokens m"]])
    #expect(listing([]).ways(to: .throttles, of: key).isEmpty)
  }

  @Test func eachProjectHasTheNameThatItLists() {
    let mixed = listing([
      ("InputTokens", ["Model": "m", "Project": "p"]), ("TotalInputTokens", ["Model": "m", "Project": "q"]),
      ("TotalInputTokens", ["Project": "q"]), ("TotalInputTokens", [:]),
    ])
    #expect(
      names(mixed.ways(to: .inputTokens, of: SeriesKey("m", on: .mantle))) == [["InputTokens m+p", "TotalInputTokens m+q"]])
    let part = SeriesKey("m", on: .mantle, part: [.init(name: "Project", value: "p")])
    #expect(names(mixed.ways(to: .inputTokens, of: part)) == [["InputTokens m+p"]])
  }
}
