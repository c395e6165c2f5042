import Foundation

extension MetricStore {
  /// Records an inference of bedrock-mantle when it ends.
  ///
  /// If requests name more projects than there is room for series, what doesn't fit is missing.
  func record(_ inference: MantleRecord, at date: Date) {
    let time = Int(date.timeIntervalSince1970)
    var samples: [CustomMetrics.Sample] = []
    for (metric, value) in inference.values {
      for level in metric.levels {
        samples.append(
          CustomMetrics.Sample(
            MetricKey(
              namespace: MantleMetric.namespace, name: metric.rawValue,
              dimensions: level.dimensions(project: inference.project, model: inference.model)),
            Double(value), unit: MantleMetric.unit, time: time))
      }
    }
    record(samples, now: time)
  }
}
