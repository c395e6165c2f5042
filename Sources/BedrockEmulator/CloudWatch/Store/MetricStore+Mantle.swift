import Foundation
import Synchronization

extension MetricStore {
  /// Records an inference of bedrock-mantle when it ends.
  ///
  /// If requests name more projects than there is room for series, what doesn't fit is missing.
  func record(_ inference: MantleRecord, at date: Date) {
    let time = Int(date.timeIntervalSince1970)
    var samples: [CustomMetrics.Sample] = []
    for (metric, value) in inference.values {
      var statistics = SampleStatistics()
      statistics.add(Double(value))
      for level in metric.levels {
        samples.append(
          CustomMetrics.Sample(
            key: MetricKey(
              namespace: MantleMetric.namespace, name: metric.rawValue,
              dimensions: level.dimensions(project: inference.project, model: inference.model)),
            unit: MantleMetric.unit, time: time, isHighResolution: false, statistics: statistics, values: [(Double(value), 1)]))
      }
    }
    state.withLock { state in
      for sample in samples { try? state.mantle.add(sample, now: time) }
    }
  }
}
