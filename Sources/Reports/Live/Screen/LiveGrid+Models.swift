extension LiveGrid {
  /// The quotas of each pool.
  static func models(_ status: LiveStatus) -> LiveGrid {
    let places = Places(status)
    let columns: [LiveColumn] =
      [.text("MODEL")] + places.columns + [
        .text("MEASURE", isShared: false), .bar("USED", rank: 1), .number("%"), .number("FREE", rank: 3),
        .number("LIMIT", rank: 6), .number("WAITING", "WAIT", rank: 4, isShared: true),
        .number("LONGEST", "LONG", rank: 8, isShared: true), .number("IN FLIGHT", "FLT", rank: 7, isShared: true),
        .number("THROTTLED 1 H", "THR", rank: 5, isShared: true), .curve("DEMAND OF THE LAST HOUR", "DEMAND", rank: 9),
      ]
    return LiveGrid(columns: columns, groups: status.pools.map { group($0, places) }).withoutUnknownColumns
  }

  private static func group(_ pool: LiveStatus.Pool, _ places: Places) -> LiveGroup {
    let head: [LiveCell] = [.text(pool.id)] + places.cells(pool)
    let tail: [LiveCell] = [
      .count(pool.waiting, .warning), pool.waiting == 0 ? .empty : .seconds(pool.longestWaitSeconds), .count(pool.inFlight),
      .count(pool.throttlesLastHour, .warning), pool.lastHour.map { .curve($0.demand) } ?? .unknown,
    ]
    let place = "\(pool.id) \(pool.account) \(pool.region) \(pool.endpoint)"
    var rows = pool.quotas.map { quota -> LiveGroup.Row in
      let measure = quota.isForLongPrompts == true ? "\(quota.measure) long" : quota.measure
      let style = quota.level.flatMap { $0 < 0 ? Style.failure : nil }
      let figures: [LiveCell] = [
        .text(measure), LiveFill(quota).map { .bar($0) } ?? .unknown, .percent(quota.utilization), .amount(quota.free, style),
        .amount(quota.limit),
      ]
      return .init(cells: head + figures + tail, text: "\(place) \(measure) \(quota.name ?? "") \(quota.code ?? "")".lowercased())
    }
    if rows.isEmpty {
      rows = [.init(cells: head + Array(repeating: .unknown, count: 5) + tail, text: place.lowercased())]
    }
    return LiveGroup(
      rows: rows, name: "\(pool.id) \(pool.account) \(pool.region) \(pool.endpoint)",
      fullness: pool.quotas.lazy.compactMap(\.utilization).max(), waiting: pool.waiting.map(Double.init),
      longestWait: pool.longestWaitSeconds, throttles: pool.throttlesLastHour.map(Double.init), isBusy: pool.isBusy)
  }

  /// The columns that tell pools of the same id apart: those that differ.
  private struct Places {
    var hasAccounts: Bool
    var hasRegions: Bool
    var hasEndpoints: Bool

    private var ranks = (account: 7, region: 7, endpoint: 10)
    /// What pools of one id differ in is kept nearly as long as the id.
    private static let rankNeeded = 2

    init(_ status: LiveStatus) {
      func differ(_ value: (LiveStatus.Pool) -> String) -> Bool { Set(status.pools.lazy.map(value)).count > 1 }
      (hasAccounts, hasRegions, hasEndpoints) = (differ(\.account), differ(\.region), differ(\.endpoint))
      let ids = Dictionary(grouping: status.pools, by: \.id).values
      func isNeeded(_ value: (LiveStatus.Pool) -> String) -> Bool { ids.contains { Set($0.lazy.map(value)).count > 1 } }
      if isNeeded(\.account) { ranks.account = Self.rankNeeded }
      if isNeeded(\.region) { ranks.region = Self.rankNeeded }
      if isNeeded(\.endpoint) { ranks.endpoint = Self.rankNeeded }
    }

    var columns: [LiveColumn] {
      (hasAccounts ? [.text("ACCOUNT", rank: ranks.account)] : []) + (hasRegions ? [.text("REGION", rank: ranks.region)] : [])
        + (hasEndpoints ? [.text("ENDPOINT", "ENDP", rank: ranks.endpoint)] : [])
    }

    func cells(_ pool: LiveStatus.Pool) -> [LiveCell] {
      (hasAccounts ? [.text(pool.account)] : []) + (hasRegions ? [.text(pool.region)] : [])
        + (hasEndpoints ? [.text(pool.endpoint)] : [])
    }
  }
}

extension LiveStatus.Quota {
  /// What is left; below zero: debt. nil: unknown.
  var free: Double? { level ?? used.map { limit - $0 - (reserved ?? 0) } }
}

extension LiveStatus.Pool {
  /// Whether requests were made in the last hour, wait or hold a part of a quota.
  var isBusy: Bool {
    if [inFlight, waiting, throttlesLastHour].contains(where: { ($0 ?? 0) > 0 }) { return true }
    if quotas.contains(where: { ($0.utilization ?? 0) > 0 }) { return true }
    return lastHour?.demand.contains { ($0 ?? 0) > 0 } ?? false
  }
}
