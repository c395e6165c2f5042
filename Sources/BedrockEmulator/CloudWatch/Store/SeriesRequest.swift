/// A series to read.
struct SeriesRequest: Sendable {
  var key: MetricKey
  /// nil for all units of the metric.
  var unit: String?
  var wantsPercentiles = false
}
