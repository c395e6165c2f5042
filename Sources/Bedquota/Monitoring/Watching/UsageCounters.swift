package import BedrockQuotas

/// Turns CloudWatch's sums of each minute into counters that only grow, and into the tokens of the last 24 hours.
///
/// A minute is read several times, because CloudWatch gets late data for some minutes. Each reading adds what a minute has grown by. What the
/// first reading of a place finds is the past: it is no part of the counters, so that a restart looks like a restart and not like a
/// burst. Pure.
package struct UsageCounters: Sendable {
  /// The ids that share quotas.
  package struct Key: Sendable, Hashable {
    package var place: Place
    package var endpoint: QuotaEndpoint
    package var id: String

    package init(_ place: Place, _ endpoint: QuotaEndpoint, _ id: String) {
      (self.place, self.endpoint, self.id) = (place, endpoint, id)
    }
  }

  /// What was counted since the first reading.
  package struct Totals: Sendable, Equatable {
    fileprivate var values = Array(repeating: 0.0, count: UsageMetric.allCases.count)
    fileprivate var known: Set<UsageMetric> = []
    /// Quota tokens; on bedrock-mantle input and output. nil if they can't be told.
    package fileprivate(set) var quotaTokens: Double?

    /// nil for what CloudWatch never had a datapoint of.
    package subscript(metric: UsageMetric) -> Double? { known.contains(metric) ? values[metric.rawValue] : nil }
  }

  fileprivate struct Pool: Sendable {
    var totals = Totals()
    /// Whether the counters may show more than 0: a counter that begins with more hides its first step from a rate.
    var isShown = false
    /// The highest sum of each minute that was read, indexed by ``UsageMetric``, and the quota tokens after these.
    var seen: [Int: [Double]] = [:]
    /// Counted tokens of each minute of the last 24 hours.
    var day: [Int: Double] = [:]
    var lastData: Int
  }

  private static let daySeconds = 86_400
  /// The most pools that are counted; AWS has some hundred models.
  private static let poolsMax = 5_000

  private var pools: [Key: Pool] = [:]
  private var begun: Set<Place> = []

  package init() {}

  /// Takes in what was read of a place.
  package mutating func add(_ reports: [UsageReport], of place: Place) {
    let isFirst = begun.insert(place).inserted
    let keys = Set(reports.map { Key(place, $0.endpoint, $0.id) })
    for key in pools.keys where key.place == place && !keys.contains(key) { pools[key]?.isShown = true }
    for report in reports {
      let key = Key(place, report.endpoint, report.id)
      let isNew = pools[key] == nil
      guard !isNew || pools.count < Self.poolsMax else { continue }
      var pool = pools.removeValue(forKey: key) ?? Pool(lastData: report.window.startSeconds)
      pool.isShown = !isNew || isFirst
      pool.add(report, isPast: isFirst)
      pools[key] = pool
    }
    let now = reports.map(\.window.nowSeconds).max() ?? 0
    pools = pools.filter { $0.key.place != place || $0.value.lastData > now - Self.daySeconds }
  }

  /// The counters of each pool, 0 for one that was found by the last reading.
  package var totals: [Key: Totals] {
    pools.mapValues { pool in
      guard !pool.isShown else { return pool.totals }
      var zeros = pool.totals
      zeros.values = zeros.values.map { _ in 0 }
      zeros.quotaTokens = zeros.quotaTokens.map { _ in 0 }
      return zeros
    }
  }

  /// Counted tokens of the last 24 hours; nil if they can't be told.
  package func tokensOfDay(_ key: Key, now: Int) -> Double? {
    guard let pool = pools[key], pool.totals.quotaTokens != nil else { return nil }
    return pool.day.reduce(0) { $0 + ($1.key > now - Self.daySeconds ? $1.value : 0) }
  }
}

extension UsageCounters.Pool {
  fileprivate mutating func add(_ report: UsageReport, isPast: Bool) {
    let metrics = UsageMetric.allCases
    var columns: [[Double]?] = metrics.map { report.sums.values($0) }
    columns.append(report.countedTokens)
    for metric in metrics where columns[metric.rawValue] != nil { totals.known.insert(metric) }
    // Bedrock publishes only what happened, so a count that has no datapoint beside others is 0.
    if report.totals != nil {
      totals.known.formUnion(
        report.endpoint == .mantle
          ? [.invocations, .clientErrors]
          : [
            .invocations, .throttles, .clientErrors, .serverErrors,
          ])
    }
    if report.countedTokens != nil { totals.quotaTokens = totals.quotaTokens ?? 0 }
    for index in 0..<report.window.count {
      let values = columns.map { column in column.map { $0[index].isNaN ? 0 : $0[index] } ?? 0 }
      guard values.contains(where: { $0 > 0 }) else { continue }
      let minute = report.window.seconds(of: index)
      lastData = max(lastData, minute)
      let before = seen[minute] ?? Array(repeating: 0, count: values.count)
      let highest = zip(values, before).map(max)
      seen[minute] = highest
      if let tokens = highest.last, tokens > 0 { day[minute] = tokens }
      guard !isPast else { continue }
      for metric in metrics { totals.values[metric.rawValue] += highest[metric.rawValue] - before[metric.rawValue] }
      if let tokens = totals.quotaTokens, let new = highest.last, let old = before.last {
        totals.quotaTokens = tokens + new - old
      }
    }
    // Later readings begin where this one began, or after it.
    let now = report.window.nowSeconds
    seen = seen.filter { $0.key > now - 7_200 }
    day = day.filter { $0.key > now - 86_400 }
  }
}
