import AWSWire
import Bedquota
import BedrockQuotas

/// Pools with made-up quotas and series.
enum AlarmBench {
  static let model = "anthropic.claude-opus-4-7"
  static let prefix = "bedquota/\(model)/cross-region/"

  /// - Parameter series: those that CloudWatch lists, each with all metrics.
  static func pool(
    _ quotas: [Quota] = [UsageBench.requests, UsageBench.tokens], series: [String] = ["us.x"], burndown: Int? = 5,
    scope: QuotaScope = .crossRegion
  ) -> QuotaPool {
    var resolution = Resolution(id: "us.x", modelID: ModelID(model), scope: scope, status: .resolved)
    resolution.quotas = quotas.map { .init(quota: $0, evidence: "") }
    resolution.outputBurndown = burndown
    return QuotaPool(id: "us.x", resolution: resolution, series: series)
  }

  static func listing(_ series: [String] = ["us.x"], names: [String] = ["Invocations"]) -> SeriesListing {
    var listing = SeriesListing()
    listing.add(
      series.flatMap { id in
        names.map { Metric(namespace: "AWS/Bedrock", name: $0, dimensions: [.init(name: "ModelId", value: id)]) }
      })
    return listing
  }

  static func design(
    _ pool: QuotaPool = pool(), _ settings: AlarmSettings = AlarmSettings(), listing: SeriesListing? = nil
  ) -> AlarmDesign.Result {
    AlarmDesign(settings, listing: listing ?? Self.listing(pool.series)).alarms(of: pool)
  }

  /// The plan of a design against alarms.
  static func plan(_ result: AlarmDesign.Result, current: [MetricAlarm] = []) -> AlarmPlan {
    AlarmPlan(region: "us-east-1", wanted: result.alarms, leftOut: result.leftOut, current: current, prefixes: [prefix])
  }
}
