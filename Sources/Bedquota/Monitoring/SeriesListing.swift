package import AWSWire

/// The series of `AWS/Bedrock` by model that CloudWatch lists: those with a datapoint in the last two weeks.
package struct SeriesListing: Sendable {
  /// The names of the metrics of each series, by its `ModelId`.
  package private(set) var names: [String: Set<String>] = [:]

  /// What ListMetrics still shows, in seconds.
  package static let memory = 14 * 86_400

  package init() {}

  /// Takes the series whose one dimension is `ModelId`; those with more are parts of them, and adding them would count twice.
  package mutating func add(_ metrics: [Metric]) {
    for metric in metrics {
      guard let name = metric.name, let dimensions = metric.dimensions, dimensions.count == 1,
        dimensions[0].name == UsageMetric.dimension, metric.namespace ?? UsageMetric.namespace == UsageMetric.namespace
      else { continue }
      names[dimensions[0].value, default: []].insert(name)
    }
  }

  /// The names to ask for: where a metric has had two, the one that is listed; both where neither is or both are.
  func names(of metric: UsageMetric, series: String) -> [String] {
    let listed = metric.names.filter { names[series]?.contains($0) == true }
    return listed.isEmpty ? metric.names : listed
  }
}
