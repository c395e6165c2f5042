/// A metric with all its series at one time.
package struct MetricFamily: Sendable, Equatable {
  package enum Kind: Sendable, Equatable { case counter, gauge, info, histogram, summary }

  package struct Label: Sendable, Equatable {
    package var name: String
    package var value: String
  }

  package enum Value: Sendable, Equatable {
    case number(Double)
    case buckets(BucketCounts)
    /// Without quantiles.
    case summary(sum: Double, count: Double)
  }

  package struct Sample: Sendable, Equatable {
    package var labels: [Label]
    package var value: Value
  }

  /// As Prometheus spells it, without `_total` and `_info`.
  package var name: String
  package var help: String
  package var kind: Kind
  package var samples: [Sample]
}
