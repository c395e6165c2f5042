package import AWSWire

/// The series of each `ModelId` that CloudWatch lists: those with a datapoint in the last two weeks.
package struct SeriesListing: Sendable {
  /// The names of the metrics of each series, by its `ModelId`.
  package private(set) var names: [String: Set<String>] = [:]
  /// The `ModelId`s of which a part was served by reserved capacity, which has quotas of its own.
  package private(set) var reserved: Set<String> = []

  /// How long ListMetrics shows an idle series: two weeks.
  package static let memorySeconds = 14 * 86_400

  /// Source: docs.aws.amazon.com/bedrock/latest/userguide/service-tiers-inference.html: the tiers priority, default and flex share
  /// the quotas; reserved capacity has its own.
  private static let tierDimension = "ResolvedServiceTier"
  private static let reservedTier = "reserved"

  package init() {}

  /// Adds the series whose only dimension is `ModelId`. Those with more dimensions are parts of these and would count twice.
  package mutating func add(_ metrics: [Metric]) {
    for metric in metrics {
      let values = Dictionary((metric.dimensions ?? []).map { ($0.name, $0.value) }) { first, _ in first }
      if values[Self.tierDimension] == Self.reservedTier, let id = values[UsageMetric.dimension] { reserved.insert(id) }
      guard let name = metric.name, let dimensions = metric.dimensions, dimensions.count == 1,
        dimensions[0].name == UsageMetric.dimension, metric.namespace ?? UsageMetric.namespace == UsageMetric.namespace
      else { continue }
      names[dimensions[0].value, default: []].insert(name)
    }
  }

  /// The names to ask for: of two, the one that is listed; both if neither or both are.
  func names(of metric: UsageMetric, series: String) -> [String] {
    let listed = metric.names.filter { names[series]?.contains($0) == true }
    return listed.isEmpty ? metric.names : listed
  }
}
