package import AWSWire

/// The series of an endpoint that CloudWatch lists: those with a datapoint in the last two weeks.
package struct SeriesListing: Sendable {
  package let source: MetricSource
  /// The names of the metrics of each model's series.
  package private(set) var names: [String: Set<String>] = [:]
  /// The names of the metrics of the parts of each model's series, by their further dimensions.
  package private(set) var parts: [String: [[Metric.Dimension]: Set<String>]] = [:]
  /// The models of which a part was served by reserved capacity, which has quotas of its own.
  package private(set) var reserved: Set<String> = []
  /// How this account's CloudWatch spells the dimension that names a model.
  private var modelDimension: String

  /// How long ListMetrics shows an idle series: two weeks.
  package static let memorySeconds = 14 * 86_400

  /// Source: docs.aws.amazon.com/bedrock/latest/userguide/service-tiers-inference.html: the tiers priority, default and flex share
  /// the quotas; reserved capacity has its own.
  private static let tierDimension = "ResolvedServiceTier"
  private static let reservedTier = "reserved"

  package init(_ source: MetricSource = .runtime) {
    self.source = source
    modelDimension = source.modelDimensions[0]
  }

  /// Every model that has series, whole or in parts.
  package var models: Set<String> { Set(names.keys).union(parts.keys) }

  /// Adds series. Those with further dimensions are parts of a model's series and would count twice, so they are kept apart.
  package mutating func add(_ metrics: [Metric]) {
    for metric in metrics {
      guard let name = metric.name, metric.namespace ?? source.namespace == source.namespace else { continue }
      let dimensions = metric.dimensions ?? []
      guard let model = dimensions.first(where: { source.modelDimensions.contains($0.name) }) else { continue }
      // One order for all, that of AWS's page: ServiceTier, ResolvedServiceTier. CloudWatch takes any.
      let rest = dimensions.filter { $0 != model }.sorted { $0.name > $1.name }
      if rest.contains(where: { $0.name == Self.tierDimension && $0.value == Self.reservedTier }) { reserved.insert(model.value) }
      if rest.isEmpty {
        names[model.value, default: []].insert(name)
      } else if source.partDimensions.contains(Set(rest.map(\.name))) {
        parts[model.value, default: [:]][rest, default: []].insert(name)
      } else {
        continue
      }
      modelDimension = model.name
    }
  }

  /// The order of parts, by the values of their dimensions. A dictionary's order differs from process to process, so an alarm that
  /// reads parts would seem changed each time.
  static func isBefore(_ part: [Metric.Dimension], _ other: [Metric.Dimension]) -> Bool {
    part.map(\.value).lexicographicallyPrecedes(other.map(\.value))
  }

  /// The names to ask for: of two, the one that is listed; both if neither or both are.
  func names(of metric: UsageMetric, series: String) -> [String] {
    let known = source.names(of: metric)
    let listed = known.filter { names[series]?.contains($0) == true }
    return listed.isEmpty ? known : listed
  }

  /// What to ask CloudWatch for: ways to count the same, the preferred one first, and of each way the series that are added up.
  ///
  /// A model's own series is asked for where it is listed, and the sum of its parts only where it isn't: bedrock-mantle publishes some
  /// names on one level alone.
  package func ways(to count: UsageMetric, of key: SeriesKey) -> [[Metric]] {
    let known = source.names(of: count)
    let parts = parts[key.model] ?? [:]
    func metric(_ name: String, _ part: [Metric.Dimension]) -> Metric {
      Metric(namespace: source.namespace, name: name, dimensions: [.init(name: modelDimension, value: key.model)] + part)
    }
    guard key.part.isEmpty else {
      return known.filter { parts[key.part]?.contains($0) == true }.map { [metric($0, key.part)] }
    }
    let isListed = known.contains { names[key.model]?.contains($0) == true }
    let own = parts.sorted { Self.isBefore($0.key, $1.key) }.compactMap { part, listed in
      known.first(where: listed.contains).map { metric($0, part) }
    }
    if !isListed, !own.isEmpty { return [own] }
    return names(of: count, series: key.model).map { [metric($0, [])] }
  }
}
