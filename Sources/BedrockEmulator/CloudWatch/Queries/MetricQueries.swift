import AWSServer
import AWSWire

/// The queries of one request. Expressions refer to other queries by id.
struct MetricQueries: Sendable {
  /// The limit of ``work(of:periods:)`` for one expression, which takes some tens of megabytes and tenths of a second.
  private static let expressionPointsMax = 1_000_000
  private static let nestingMax = 16

  let queries: [MetricQuery]
  private let indices: [String: Int]
  /// The ids that `METRICS()` stands for.
  private let metricIDs: [String]
  /// The indices of the metrics that each query needs, directly or through other expressions.
  private let leaves: [Set<Int>]
  /// How many values are read or computed for one period of each query.
  private let workPerPeriod: [Int]

  init(_ inputs: [CloudWatchInput], keepsUnsupported: Bool = false) throws(AWSFault) {
    var queries: [MetricQuery] = []
    var indices: [String: Int] = [:]
    for input in inputs {
      let query = try MetricQuery(input, keepsUnsupported: keepsUnsupported)
      guard indices.updateValue(queries.count, forKey: query.id) == nil else {
        throw input.invalid("The value \(query.id) for parameter \(input.path)Id is not unique.")
      }
      queries.append(query)
    }
    let metricIDs = queries.compactMap { if case .metric = $0.source { $0.id } else { nil } }
    var known: [Set<Int>?] = queries.map { _ in nil }
    for index in queries.indices { _ = try Self.leaves(index, queries, indices, metricIDs, &known, depth: 0) }
    self.queries = queries
    self.indices = indices
    self.metricIDs = metricIDs
    leaves = known.map { $0 ?? [] }
    workPerPeriod = Self.workPerPeriod(queries, indices, metricIDs)
  }

  /// Counts an expression once for each expression that refers to it, so the sum may be too high, but never too low.
  private static func workPerPeriod(_ queries: [MetricQuery], _ indices: [String: Int], _ metricIDs: [String]) -> [Int] {
    var known: [Int?] = queries.map { _ in nil }
    // References don't form circles; `leaves` has seen to that.
    func work(_ index: Int) -> Int {
      if let known = known[index] { return known }
      var sum = 1
      if case .expression(_, let math?) = queries[index].source {
        sum += math.work(metrics: metricIDs.count)
        for id in math.references(metrics: metricIDs) {
          sum = min(sum + (indices[id].map(work) ?? 0), expressionPointsMax)
        }
      }
      known[index] = sum
      return sum
    }
    return queries.indices.map(work)
  }

  /// The work of computing a query: the values that are read or computed for all of its periods.
  func work(of index: Int, periods: Int) -> Int {
    let (work, overflow) = workPerPeriod[index].multipliedReportingOverflow(by: max(1, periods))
    return overflow ? .max : work
  }

  private static func leaves(
    _ index: Int, _ queries: [MetricQuery], _ indices: [String: Int], _ metricIDs: [String], _ known: inout [Set<Int>?],
    depth: Int
  ) throws(AWSFault) -> Set<Int> {
    if let found = known[index] { return found }
    let id = queries[index].id
    var found: Set<Int> = []
    switch queries[index].source {
    case .metric: found = [index]
    case .expression(_, nil): break
    case .expression(let text, let math?):
      guard depth < nestingMax else { throw CloudWatchFault.validation("The expression \(id) refers to itself or is too deep.") }
      for reference in math.references(metrics: metricIDs) {
        guard let target = indices[reference] else {
          throw CloudWatchFault.validation(
            "The expression '\(text.prefix(200))' of \(id) refers to \(reference), which is not a query.")
        }
        found.formUnion(try leaves(target, queries, indices, metricIDs, &known, depth: depth + 1))
      }
      guard !found.isEmpty else {
        throw CloudWatchFault.validation("The emulator does not evaluate the expression '\(text.prefix(200))': it has no metric.")
      }
    }
    known[index] = found
    return found
  }

  /// The period of a query; for an expression, the longest period of its metrics, or nil if it isn't supported.
  func period(of index: Int) -> Int? {
    leaves[index].compactMap { if case .metric(let metric) = queries[$0].source { metric.period } else { nil } }.max()
  }

  /// The values of one expression, in the order of time.
  func evaluate(_ index: Int, in window: MetricWindow, from store: MetricStore) throws(AWSFault) -> [(time: Int, value: Double)] {
    let needed = leaves[index].sorted()
    guard work(of: index, periods: window.binCount) <= Self.expressionPointsMax else {
      throw CloudWatchFault.validation("The expression \(queries[index].id) needs more data than the emulator evaluates at once.")
    }
    var values: [Int: MetricMath.Value] = [:]
    let metrics = needed.compactMap { if case .metric(let metric) = queries[$0].source { metric } else { nil } }
    for ((leaf, metric), readings) in zip(zip(needed, metrics), store.read(metrics.map(\.request), in: window)) {
      let points = readings.flatMap(\.points).compactMap { point in metric.statistic.value(of: point).map { (point.time, $0) } }
      values[leaf] = .series(Dictionary(points) { first, _ in first })
    }
    let times = (0..<window.binCount).map { window.start + $0 * window.period }
    guard case .series(let series) = value(index, &values, times) else { return [] }
    return series.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// The value of a query, computed once.
  private func value(_ index: Int, _ values: inout [Int: MetricMath.Value], _ times: [Int]) -> MetricMath.Value {
    if let value = values[index] { return value }
    guard case .expression(_, let math?) = queries[index].source else { return .series([:]) }
    var resolved: [String: MetricMath.Value] = [:]
    for id in math.references(metrics: metricIDs) {
      if let target = indices[id] { resolved[id] = value(target, &values, times) }
    }
    let result = math.value(times: times, metrics: metricIDs) { resolved[$0] ?? .series([:]) }
    values[index] = result
    return result
  }

  /// The label of a result. By default it is the metric's name, with its dimensions if another query has the same name.
  func label(of index: Int) -> String {
    let query = queries[index]
    if let label = query.label, !label.isEmpty { return label }
    guard case .metric(let metric) = query.source else { return query.id }
    let isAlone = queries.allSatisfy { other in
      guard case .metric(let found) = other.source, other.id != query.id else { return true }
      return found.key.name != metric.key.name
    }
    return isAlone ? metric.key.name : (metric.key.dimensions.map(\.value) + [metric.key.name]).joined(separator: " ")
  }
}
