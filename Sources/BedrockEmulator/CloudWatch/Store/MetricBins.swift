/// Sorts samples of one metric into periods.
struct MetricBins: Sendable {
  let window: MetricWindow
  private let wantsPercentiles: Bool
  private var statistics: [SampleStatistics]
  private var histograms: [Histogram]

  init(_ window: MetricWindow, wantsPercentiles: Bool) {
    self.window = window
    self.wantsPercentiles = wantsPercentiles
    statistics = Array(repeating: SampleStatistics(), count: window.binCount)
    histograms = wantsPercentiles ? Array(repeating: Histogram(), count: window.binCount) : []
  }

  /// - Parameter histogram: nil if it isn't known; then there are no percentiles.
  @inline(__always)
  mutating func add(_ sample: SampleStatistics, _ histogram: @autoclosure () -> Histogram?, at time: Int) {
    guard !sample.isEmpty, time >= window.start, time < window.end else { return }
    let bin = (time - window.start) / window.period
    statistics[bin].merge(sample)
    if wantsPercentiles, let histogram = histogram() { histograms[bin].merge(histogram) }
  }

  /// The periods with samples, oldest first.
  var datapoints: [Datapoint] {
    var points: [Datapoint] = []
    for bin in statistics.indices where !statistics[bin].isEmpty {
      points.append(
        Datapoint(
          time: window.start + bin * window.period, statistics: statistics[bin],
          histogram: wantsPercentiles ? histograms[bin] : Histogram()))
    }
    return points
  }
}
