package import BedrockQuotas

/// Series that draw on the same quotas: a system-defined inference profile and the application profiles copied from it, say.
/// The bare id, geographic and global profiles of a model are three pools.
package struct QuotaPool: Sendable {
  /// The id that was asked for, else the one that stands for the pool best: a system-defined profile's or a model's.
  package var id: String
  package var resolution: Resolution
  /// The values of `ModelId` to add up, sorted.
  package var series: [String]
  /// Other ids of the same model that have data, and quotas of their own.
  package var siblings: [String]

  package init(id: String, resolution: Resolution, series: [String], siblings: [String] = []) {
    self.id = id
    self.resolution = resolution
    self.series = series
    self.siblings = siblings
  }
}
