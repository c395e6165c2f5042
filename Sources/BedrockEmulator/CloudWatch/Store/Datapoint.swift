/// The samples of one period.
struct Datapoint: Sendable {
  /// When the period begins.
  var time: Int
  var statistics: SampleStatistics
  var histogram: Histogram
}
