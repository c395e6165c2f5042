package import AWSWire
package import BedrockQuotas

/// Where CloudWatch keeps the metrics of an endpoint.
package struct MetricSource: Sendable {
  package var endpoint: QuotaEndpoint
  package var namespace: String
  /// The dimension that names the model; the first is AWS's own spelling.
  let modelDimensions: [String]
  /// The further dimensions of series that are parts of a model's.
  let partDimensions: [Set<String>]
  /// The names of each metric, the preferred one first. They count the same, so they are never added.
  private let names: [UsageMetric: [String]]

  /// Source: docs.aws.amazon.com/bedrock/latest/userguide/monitoring-runtime-metrics.html
  package static let runtime = MetricSource(
    endpoint: .runtime, namespace: UsageMetric.namespace, modelDimensions: [UsageMetric.dimension],
    partDimensions: [["ServiceTier", "ResolvedServiceTier"]],
    names: Dictionary(uniqueKeysWithValues: UsageMetric.allCases.map { ($0, $0.names) }))

  private static let mantleNamespace = "AWS/BedrockMantle"

  /// Source: docs.aws.amazon.com/bedrock/latest/userguide/monitoring-mantle-metrics.html. That page doesn't spell the dimensions;
  /// `Model` and `Project` are as ``Facts`` have them, and the other spellings are accepted.
  package static func mantle(_ facts: Facts) -> MetricSource {
    let rows = facts.metrics.filter { $0.namespace == mantleNamespace }
    let names = UsageMetric.allCases.map { metric in
      (metric, rows.first { $0.counts == metric.factName }?.names ?? [])
    }
    return MetricSource(
      endpoint: .mantle, namespace: mantleNamespace, modelDimensions: ["Model", "ModelId"],
      partDimensions: [["Project"], ["ProjectId"]], names: Dictionary(uniqueKeysWithValues: names))
  }

  /// Empty if the endpoint doesn't publish it.
  package func names(of metric: UsageMetric) -> [String] { names[metric] ?? [] }
}

/// A series of an endpoint: a model's, or a part of it.
package struct SeriesKey: Sendable, Hashable {
  package var endpoint: QuotaEndpoint
  /// The value of the dimension that names the model.
  package var model: String
  /// The further dimensions of a part; empty for the whole.
  package var part: [Metric.Dimension]

  package init(_ model: String, on endpoint: QuotaEndpoint = .runtime, part: [Metric.Dimension] = []) {
    (self.model, self.endpoint, self.part) = (model, endpoint, part)
  }
}
