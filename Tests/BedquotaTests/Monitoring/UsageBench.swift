import Bedquota
import BedrockQuotas
import Foundation

/// Reports on an hour of made-up counts of one id.
enum UsageBench {
  static let window = try! UsageWindow(hours: 1, now: Date(timeIntervalSince1970: 1_795_544_340))
  static let requests = quota("L-R", "Cross-region model inference requests per minute", 100)
  static let tokens = quota("L-T", "Cross-region model inference tokens per minute", 10_000, adjustable: true)
  static let day = quota("L-D", "Model invocation max tokens per day", 14_400_000)
  static let account = Quota(
    code: "L-A", name: QuotaName("Cross-Model Max Tokens Per Day"), appliedValue: 1e9, adjustable: false, family: "General")

  static func quota(_ code: String, _ measure: String, _ value: Double, adjustable: Bool = false) -> Quota {
    Quota(
      code: code, name: QuotaName("\(measure) for Anthropic Claude Opus 4.7"), appliedValue: value, adjustable: adjustable,
      family: "Claude")
  }

  /// The same count in each of some minutes.
  static func every(_ minutes: Range<Int>, _ value: Double) -> [Int: Double] {
    Dictionary(uniqueKeysWithValues: minutes.map { ($0, value) })
  }

  /// - Parameter counts: by minute of the window.
  static func report(
    _ counts: [UsageMetric: [Int: Double]], _ quotas: [Quota] = [requests, tokens], burndown: Int? = 5, maxTokens: Double? = nil
  ) -> UsageReport {
    var resolution = Resolution(
      id: "us.x", modelID: ModelID("anthropic.claude-opus-4-7"), scope: .crossRegion, status: .resolved)
    resolution.quotas = quotas.map { .init(quota: $0, evidence: "") }
    resolution.outputBurndown = burndown
    var series = UsageSeries(window: window)
    for (metric, points) in counts {
      let sorted = points.sorted { $0.key < $1.key }
      series.add([(sorted.map { Double(window.seconds(of: $0.key)) }, sorted.map(\.value))], of: metric, from: "us.x")
    }
    let pool = QuotaPool(id: "us.x", resolution: resolution, series: ["us.x"])
    return UsageCalculation(pool: pool, series: series, maxTokens: maxTokens).report()
  }
}
