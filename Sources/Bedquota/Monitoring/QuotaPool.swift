package import BedrockQuotas

/// The ids whose requests count against the same quotas: for example a system-defined inference profile and its application
/// profiles. A model's bare id, its geographic profiles and its global profile are three pools.
package struct QuotaPool: Sendable {
  /// The requested id, or else a system-defined profile or model of the pool.
  package var id: String
  package var resolution: Resolution
  /// The values of the dimension `ModelId` whose series are added up, sorted.
  package var series: [String]
  /// Ids of the same model with quotas of their own, which may have data.
  package var siblings: [String]

  package init(id: String, resolution: Resolution, series: [String], siblings: [String] = []) {
    self.id = id
    self.resolution = resolution
    self.series = series
    self.siblings = siblings
  }
}
