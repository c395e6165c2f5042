import AWSServer
import AWSWire

/// Fills one page of GetMetricData, query by query, until there is no more room.
struct MetricDataPages {
  /// The start of a page.
  struct Position {
    var query = 0
    /// The time of the first period on the page; nil for the query's first one.
    var time: Int?

    private static let timeBits = 40

    init(query: Int = 0, time: Int? = nil) {
      self.query = query
      self.time = time
    }

    init(offset: Int) {
      query = offset >> Self.timeBits
      let rest = offset & (1 << Self.timeBits - 1)
      time = rest == 0 ? nil : rest - 1
    }

    var offset: Int { query << Self.timeBits | (time.map { $0 + 1 } ?? 0) }
  }

  let queries: MetricQueries
  /// The indices of the queries that return data.
  let returned: [Int]
  let isAscending: Bool
  /// The number of datapoints that still fit on the page.
  var room: Int
  private(set) var results: [JSONValue] = []
  /// The work of the page so far; see ``MetricQueries/work(of:periods:)``.
  private var work = 0
  /// The work after which a page ends, even if it has room. It takes some tenths of a second.
  private static let workMax = 2_000_000

  init(queries: MetricQueries, returned: [Int], isAscending: Bool, room: Int) {
    self.queries = queries
    self.returned = returned
    self.isAscending = isAscending
    self.room = room
  }

  /// - Returns: the start of the next page; nil after the last one.
  mutating func fill(
    from begin: Position, _ store: MetricStore, window: (Int) -> MetricWindow
  ) throws(AWSFault) -> Position? {
    var position = begin
    while position.query < returned.count {
      guard room > 0, work < Self.workMax else { return position }
      for points in try batch(from: position.query, store, window) {
        guard room > 0 else { return position }
        if let rest = append(points, to: returned[position.query], from: position.time) {
          return Position(query: position.query, time: rest)
        }
        position = Position(query: position.query + 1)
      }
    }
    return nil
  }

  private typealias Points = [(time: Int, value: Double)]

  /// Reads the points of the next query, and of those after it that may fit, by period.
  private mutating func batch(from first: Int, _ store: MetricStore, _ window: (Int) -> MetricWindow) throws(AWSFault) -> [Points]
  {
    let index = returned[first]
    guard case .metric = queries.queries[index].source else {
      let window = window(queries.period(of: index) ?? 60)
      work += queries.work(of: index, periods: window.binCount)
      return [try queries.evaluate(index, in: window, from: store)]
    }
    var batch: [MetricWindow: [(place: Int, metric: MetricQuery.Metric)]] = [:]
    var count = 0
    var bins = 0
    for next in returned[first...] {
      guard case .metric(let metric) = queries.queries[next].source else { break }
      let window = window(metric.period)
      guard count == 0 || bins + window.binCount <= room else { break }
      bins += window.binCount
      batch[window, default: []].append((count, metric))
      count += 1
    }
    work += bins
    var points = Array(repeating: Points(), count: count)
    for (window, members) in batch {
      for (member, readings) in zip(members, store.read(members.map(\.metric.request), in: window)) {
        points[member.place] = Self.points(readings, member.metric.statistic)
      }
    }
    return points
  }

  /// The datapoints of all units of a metric.
  private static func points(_ readings: MetricStore.Readings, _ statistic: Statistic) -> Points {
    let points = readings.flatMap(\.points).compactMap { point in statistic.value(of: point).map { (time: point.time, value: $0) }
    }
    return readings.count > 1 ? points.sorted { $0.time < $1.time } : points
  }

  /// - Returns: the time of the first point that didn't fit; nil if all did.
  private mutating func append(_ points: Points, to index: Int, from time: Int?) -> Int? {
    var ordered = isAscending ? points : points.reversed()
    if let time { ordered.removeAll { isAscending ? $0.time < time : $0.time > time } }
    let taken = ordered.prefix(room)
    room -= taken.count
    let rest = taken.count < ordered.count ? ordered[taken.count].time : nil
    results.append([
      "Id": .string(queries.queries[index].id), "Label": .string(queries.label(of: index)),
      "Timestamps": .array(taken.map { .integer($0.time) }), "Values": .array(taken.map { JSONValue(statistic: $0.value) }),
      "StatusCode": rest == nil ? "Complete" : "PartialData",
    ])
    return rest
  }
}
