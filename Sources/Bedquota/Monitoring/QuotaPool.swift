package import BedrockQuotas

/// The ids whose requests count against the same quotas: for example a system-defined inference profile and its application
/// profiles. A model's bare id, its geographic profiles and its global profile are three pools, and bedrock-mantle's is a fourth.
package struct QuotaPool: Sendable {
  /// The requested id, or else a system-defined profile or model of the pool.
  package var id: String
  package var resolution: Resolution
  package var endpoint: QuotaEndpoint
  /// The values of the dimension `ModelId`, or `Model` on bedrock-mantle, whose series are added up, sorted.
  package var series: [String]
  /// Ids of the same model with quotas of their own, which may have data.
  package var siblings: [String]

  package init(
    id: String, resolution: Resolution, series: [String], siblings: [String] = [], endpoint: QuotaEndpoint = .runtime
  ) {
    self.endpoint = endpoint
    self.id = id
    self.resolution = resolution
    self.series = series
    self.siblings = siblings
  }

  /// Its series, as CloudWatch's listing knows them.
  var keys: [SeriesKey] { series.map { SeriesKey($0, on: endpoint) } }
}
