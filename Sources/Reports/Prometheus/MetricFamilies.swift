/// Metrics, one family after the other.
package struct MetricFamilies: Sendable {
  package typealias Labels = [(name: String, value: String)]

  package private(set) var all: [MetricFamily] = []

  package init() {}

  /// - Parameter name: without `_total`.
  package mutating func counter(_ name: String, _ help: String, _ samples: [(Labels, Double)]) {
    add(.counter, name, help, samples)
  }

  package mutating func gauge(_ name: String, _ help: String, _ samples: [(Labels, Double)]) {
    // Without a sample, nothing is known.
    if !samples.isEmpty { add(.gauge, name, help, samples) }
  }

  /// A constant that says in its labels what runs.
  /// - Parameter name: without `_info`.
  package mutating func info(_ name: String, _ help: String, _ labels: Labels) { add(.info, name, help, [(labels, 1)]) }

  package mutating func histogram(_ name: String, _ help: String, _ samples: [(Labels, BucketCounts)]) {
    all.append(
      MetricFamily(
        name: name, help: help, kind: .histogram,
        samples: samples.map { MetricFamily.Sample(labels: Self.labels($0), value: .buckets($1)) }))
  }

  /// Sums whose parts nobody knows.
  package mutating func summary(_ name: String, _ help: String, _ samples: [(Labels, sum: Double, count: Double)]) {
    guard !samples.isEmpty else { return }
    all.append(
      MetricFamily(
        name: name, help: help, kind: .summary,
        samples: samples.map { MetricFamily.Sample(labels: Self.labels($0), value: .summary(sum: $1, count: $2)) }))
  }

  private mutating func add(_ kind: MetricFamily.Kind, _ name: String, _ help: String, _ samples: [(Labels, Double)]) {
    all.append(
      MetricFamily(
        name: name, help: help, kind: kind,
        samples: samples.map { MetricFamily.Sample(labels: Self.labels($0), value: .number($1)) }))
  }

  private static func labels(_ labels: Labels) -> [MetricFamily.Label] {
    labels.map { MetricFamily.Label(name: $0.name, value: $0.value) }
  }
}
