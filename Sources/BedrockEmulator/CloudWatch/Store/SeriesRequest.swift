/// One metric to be read.
struct SeriesRequest: Sendable {
  var key: MetricKey
  /// nil: whatever units the metric has.
  var unit: String?
  var wantsPercentiles = false
}
