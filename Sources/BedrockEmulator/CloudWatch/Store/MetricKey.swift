/// The identity of a CloudWatch metric. The order of dimensions doesn't matter.
struct MetricKey: Hashable, Sendable {
  struct Dimension: Hashable, Sendable, Comparable {
    var name: String
    var value: String

    static func < (left: Self, right: Self) -> Bool { (left.name, left.value) < (right.name, right.value) }
  }

  let namespace: String
  let name: String
  let dimensions: [Dimension]

  init(namespace: String, name: String, dimensions: [Dimension]) {
    self.namespace = namespace
    self.name = name
    self.dimensions = dimensions.sorted()
  }

  init(_ metric: BedrockMetric, modelID: String?) {
    self.init(
      namespace: BedrockMetric.namespace, name: metric.rawValue,
      dimensions: modelID.map { [Dimension(name: BedrockMetric.modelDimension, value: $0)] } ?? [])
  }

  /// The Bedrock metric and its model (nil for all models) of this key; nil if it isn't one.
  var bedrock: (metric: BedrockMetric, modelID: String?)? {
    guard namespace == BedrockMetric.namespace, let metric = BedrockMetric(rawValue: name) else { return nil }
    guard let dimension = dimensions.first else { return (metric, nil) }
    return dimensions.count == 1 && dimension.name == BedrockMetric.modelDimension ? (metric, dimension.value) : nil
  }
}
