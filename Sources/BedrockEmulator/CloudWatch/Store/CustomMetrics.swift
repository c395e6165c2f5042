/// The metrics that clients published with PutMetricData.
struct CustomMetrics: Sendable {
  enum Refusal: Error {
    case tooManySeries
    case tooManyPoints
  }

  /// A validated datum.
  struct Sample: Sendable {
    var key: MetricKey
    var unit: String
    /// Seconds since 1970.
    var time: Int
    var isHighResolution: Bool
    var statistics: SampleStatistics
    /// Values with their counts; empty if only statistics were sent.
    var values: [(value: Double, count: Double)]
  }

  static let seriesMax = 10_000
  /// The limit of points in all series together, which take some hundred megabytes.
  static let pointsMax = 1_000_000
  /// The limit of the memory of all series together, in bytes, roughly.
  static let bytesMax = 128 * 1_024 * 1_024

  private struct Point: Sendable {
    let time: Int
    var statistics = SampleStatistics()
    var histogram = Histogram()
    /// False if a datum had only statistics, from which percentiles can't be computed.
    var hasPercentiles = true

    /// The memory that it takes, in bytes, roughly: arrays have room for growth.
    var bytes: Int { 128 + 16 * histogram.buckets.count }
  }

  /// The points of one metric in one unit; CloudWatch keeps units apart.
  private struct Points: Sendable {
    var minutes: [Point] = []
    var seconds: [Point] = []
  }

  private struct Size: Sendable {
    var points = 0
    var bytes = 0

    static func += (left: inout Size, right: Size) {
      left.points += right.points
      left.bytes += right.bytes
    }
  }

  private struct Series: Sendable {
    var last: Int
    var units: [String: Points]
  }

  private var series: [MetricKey: Series] = [:]
  /// The points of all series and their memory.
  private var total = Size()
  private var lastForgotten = Int.min / 2

  /// Every metric with the time of its newest sample.
  var metrics: [(key: MetricKey, last: Int)] { series.map { ($0.key, $0.value.last) } }

  mutating func add(_ sample: Sample, now: Int) throws(Refusal) {
    let isNew = series[sample.key] == nil
    func refusal() -> Refusal? {
      if total.points >= Self.pointsMax || total.bytes >= Self.bytesMax { return .tooManyPoints }
      return isNew && series.count >= Self.seriesMax ? .tooManySeries : nil
    }
    // Remove expired samples at most once a minute, since nothing new expires in between.
    if refusal() != nil, now - lastForgotten >= 60 {
      forgetOld(now: now)
      lastForgotten = now
    }
    if let refusal = refusal() { throw refusal }
    var made = Size(bytes: isNew ? Self.bytes(of: sample.key) : 0)
    // Mutate in place; a copy would duplicate the series.
    let update = { (entry: inout Series) in
      entry.last = max(entry.last, sample.time)
      made += Self.add(sample, at: UnixTime.floor(sample.time, 60), to: &entry.units[sample.unit, default: Points()].minutes)
      if sample.isHighResolution {
        made += Self.add(sample, at: sample.time, to: &entry.units[sample.unit, default: Points()].seconds)
        made += Self.drop(before: now - 3 * 3_600, from: &entry.units[sample.unit, default: Points()].seconds)
      }
    }
    update(&series[sample.key, default: Series(last: sample.time, units: [:])])
    total += made
  }

  private static func bytes(of key: MetricKey) -> Int {
    key.dimensions.reduce(256 + key.namespace.utf8.count + key.name.utf8.count) {
      $0 + 64 + $1.name.utf8.count + $1.value.utf8.count
    }
  }

  /// - Returns: by how much the points have grown.
  private static func add(_ sample: Sample, at time: Int, to points: inout [Point]) -> Size {
    var index = points.count
    // Samples mostly arrive in order.
    if let last = points.last, last.time > time { index = lowerBound(time, points) + (contains(time, points) ? 1 : 0) }
    let isNew = index == 0 || points[index - 1].time != time
    if isNew { points.insert(Point(time: time), at: index) } else { index -= 1 }
    let before = isNew ? 0 : points[index].bytes
    points[index].statistics.merge(sample.statistics)
    points[index].hasPercentiles = points[index].hasPercentiles && !sample.values.isEmpty
    for (value, count) in sample.values { points[index].histogram.add(value, times: max(1, Int(clamping: count.rounded()))) }
    return Size(points: isNew ? 1 : 0, bytes: points[index].bytes - before)
  }

  private static func contains(_ time: Int, _ points: [Point]) -> Bool {
    let index = lowerBound(time, points)
    return index < points.count && points[index].time == time
  }

  private static func lowerBound(_ time: Int, _ points: [Point]) -> Int {
    var low = 0
    var high = points.count
    while low < high {
      let middle = (low + high) / 2
      if points[middle].time < time { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// - Returns: by how much the points have grown, which is never above 0.
  private static func drop(before time: Int, from points: inout [Point]) -> Size {
    let count = lowerBound(time, points)
    // Remove at least a quarter at a time, since each removal moves all other points.
    guard count > points.count / 4 else { return Size() }
    let bytes = points[..<count].reduce(0) { $0 + $1.bytes }
    points.removeFirst(count)
    return Size(points: -count, bytes: -bytes)
  }

  private mutating func forgetOld(now: Int) {
    let oldest = now - 15 * 86_400
    series = series.filter { $0.value.last >= oldest }
    total = Size()
    for key in Array(series.keys) {
      total.bytes += Self.bytes(of: key)
      for unit in Array(series[key]?.units.keys ?? [:].keys) {
        guard var points = series[key]?.units[unit] else { continue }
        points.minutes.removeAll { $0.time < oldest }
        points.seconds.removeAll { $0.time < now - 3 * 3_600 }
        total.points += points.minutes.count + points.seconds.count
        total.bytes += (points.minutes + points.seconds).reduce(0) { $0 + $1.bytes }
        series[key]?.units[unit] = points
      }
    }
  }

  /// The units of a metric's samples, or only the given one if it has some.
  func units(of key: MetricKey, only unit: String?) -> [String] {
    (series[key]?.units.keys).map { $0.filter { unit == nil || $0 == unit }.sorted() } ?? []
  }

  func read(_ key: MetricKey, unit: String, into bins: inout MetricBins) {
    guard let points = series[key]?.units[unit] else { return }
    let source = bins.window.period < 60 && !points.seconds.isEmpty ? points.seconds : points.minutes
    for point in source[lowerBoundSlice(bins.window.start, source)...] {
      guard point.time < bins.window.end else { break }
      bins.add(point.statistics, point.hasPercentiles ? point.histogram : nil, at: point.time)
    }
  }

  private func lowerBoundSlice(_ time: Int, _ points: [Point]) -> Int { Self.lowerBound(time, points) }
}

extension CustomMetrics.Sample {
  /// A sample of one value.
  init(_ key: MetricKey, _ value: Double, unit: String, time: Int) {
    self.init(
      key: key, unit: unit, time: time, isHighResolution: false,
      statistics: SampleStatistics(count: 1, sum: value, minimum: value, maximum: value), values: [(value, 1)])
  }
}
