import Bedquota
import BedrockQuotas
import Foundation
import Reports

/// A small account: two quotas of a model, and one of none.
enum Sample {
  static let requests = Quota(
    code: "L-R", name: QuotaName("Cross-region model inference requests per minute for Amazon Nova Pro"), appliedValue: 200,
    defaultValue: 500, adjustable: true, unit: "None", family: "Nova")
  static let tokens = Quota(
    code: "L-T", name: QuotaName("Cross-region model inference tokens per minute for Amazon Nova Pro"),
    defaultValue: 800_000, adjustable: false, family: "Nova")
  static let other = Quota(
    code: "L-O", name: QuotaName("Characters in an agent name"), appliedValue: 100, defaultValue: 100, family: "General")

  static let inventory = QuotaInventory(region: "us-east-1", quotas: [requests, tokens, other])
  static let listing = QuotaListing(inventory, pages: 2, filter: QuotaFilter())

  static let resolution: Resolution = {
    var resolution = Resolution(
      id: "us.amazon.nova-pro-v1:0", modelID: ModelID("amazon.nova-pro-v1:0"), scope: .crossRegion, status: .resolved)
    resolution.quotas = [requests, tokens].map { .init(quota: $0, evidence: "every word agrees") }
    resolution.outputBurndown = 1
    return resolution
  }()

  static let time = LocalTime(zone: .gmt)

  /// Requests that begin with the window.
  /// - Parameter throttles: by period, as `invocations`.
  static func report(_ window: UsageWindow, invocations: [Double], throttles: [Double] = []) -> UsageReport {
    var series = UsageSeries(window: window)
    for (metric, values) in [
      (UsageMetric.invocations, invocations), (.throttles, throttles), (.inputTokens, invocations.map { $0 * 1_000 }),
      (.outputTokens, invocations.map { $0 * 10 }),
    ] where !values.isEmpty {
      series.add([(values.indices.map { Double(window.seconds(of: $0)) }, values)], of: metric, from: resolution.id)
    }
    let pool = QuotaPool(id: resolution.id, resolution: resolution, series: [resolution.id])
    return UsageCalculation(pool: pool, series: series).report()
  }

  /// 2026-11-24T10:00:00Z
  static let start = Date(timeIntervalSince1970: 1_795_514_400)
}
