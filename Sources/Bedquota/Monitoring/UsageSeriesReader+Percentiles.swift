import AWSWire

/// Percentiles, which CloudWatch computes over single requests.
extension UsageSeriesReader {
  private static var statistics: [(name: String, time: WritableKeyPath<UsageReport.Latency, Double?>)] {
    [("p50", \.p50), ("p90", \.p90), ("p99", \.p99)]
  }

  /// Percentiles for each series of bedrock-runtime that has them.
  ///
  /// They are read in one period as long as the window. A window of several days has periods of a day, and the highest of each
  /// percentile is taken, because percentiles of several periods can't be joined.
  /// - Parameter isByPeriod: whether to read the percentiles of each of the window's periods too.
  func latencies(of series: [String], window: UsageWindow, isByPeriod: Bool) async throws -> [UsageReport.Latency] {
    let span = min(window.endSeconds - window.startSeconds, UsageWindow.periodMax)
    let all = series.flatMap { id in UsageReport.Latency.Kind.allCases.map { UsageReport.Latency(kind: $0, id: id) } }
    let whole = try await percentiles(of: all, window, period: span)
    let parts = isByPeriod ? try await percentiles(of: all, window, period: window.periodSeconds) : [:]
    return all.indices.compactMap { index in
      var latency = all[index]
      for (place, statistic) in Self.statistics.enumerated() {
        latency[keyPath: statistic.time] = whole["l\(index)_\(place)"]?.values.filter(\.isFinite).max()
      }
      guard latency.p50 != nil || latency.p99 != nil else { return nil }
      if isByPeriod {
        let series = Self.statistics.indices.map { Self.perPeriod(parts["l\(index)_\($0)"], window) }
        (latency.p50Series, latency.p90Series, latency.p99Series) = (series[0], series[1], series[2])
      }
      return latency
    }
  }

  private typealias Points = (times: [Double], values: [Double])

  /// The datapoints of each percentile, by the ids of their queries.
  private func percentiles(
    of latencies: [UsageReport.Latency], _ window: UsageWindow, period: Int
  ) async throws -> [String: Points] {
    let queries = latencies.enumerated().flatMap { index, latency in
      let metric = Metric(
        namespace: UsageMetric.namespace, name: latency.kind.metric.names[0],
        dimensions: [.init(name: UsageMetric.dimension, value: latency.id)])
      return Self.statistics.enumerated().map { place, statistic in
        MetricDataQuery(id: "l\(index)_\(place)", metric: metric, period: period, statistic: statistic.name)
      }
    }
    let queriesMax = Self.queriesMax(periods: (window.endSeconds - window.startSeconds + period - 1) / period)
    var points: [String: Points] = [:]
    for start in stride(from: 0, to: queries.count, by: queriesMax) {
      let (results, _) = try await results(Array(queries[start..<min(start + queriesMax, queries.count)]), window)
      for result in results {
        points[result.id, default: ([], [])].times += result.timestamps
        points[result.id, default: ([], [])].values += result.values
      }
    }
    return points
  }

  private static func perPeriod(_ points: Points?, _ window: UsageWindow) -> [Double] {
    var values = Array(repeating: Double.nan, count: window.count)
    guard let points else { return values }
    for (time, value) in zip(points.times, points.values)
    where time >= Double(window.startSeconds) && time < Double(window.endSeconds) && value.isFinite && value >= 0 {
      values[(Int(time) - window.startSeconds) / window.periodSeconds] = value
    }
    return values
  }
}
