import Synchronization

/// Counts the calls of GetMetricData, and the metrics that they ask for.
package final class MetricDataCount: Sendable {
  package struct Counts: Sendable, Equatable {
    package var calls = 0
    package var metrics = 0

    package init() {}

    /// What AWS charges for the metrics, in US dollars; free tiers don't cover it.
    ///
    /// Source: aws.amazon.com/cloudwatch/pricing, us-east-1, 2026-11: 0.01 dollars per 1,000 metrics requested by GetMetricData.
    package var price: Double { Double(metrics) * 0.01 / 1_000 }
  }

  private let state = Mutex(Counts())

  var counts: Counts { state.withLock { $0 } }

  func add(metrics: Int) {
    state.withLock { counts in
      counts.calls += 1
      counts.metrics += metrics
    }
  }
}
