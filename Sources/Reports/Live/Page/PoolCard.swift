import BedrockQuotas

/// A pool as a card: its quotas, who waits, its last hour.
struct PoolCard {
  var pool: LiveStatus.Pool
  var key: PoolKey
  var source: LiveStatus.Source

  /// The card with both of its parts.
  var html: LiveMarkup { "<article id=\"\(key.text)\">\(now)\(hour)</article>" }

  /// What changes with each request. The attributes are what the script sorts and filters by.
  var now: LiveMarkup {
    let full = pool.utilization.map { Figures.plain(($0 * 1_000).rounded() / 1_000) } ?? ""
    return """
      <div class="now \(pool.urgency.style)" data-u="\(full)" data-w="\(pool.waiting.map(String.init) ?? "")"\
      \(pool.isIdle ? " data-idle" : "" as LiveMarkup)><header><h3>\(pool.id)</h3>\(badge)\
      <p>\(pool.region) · \(pool.account)\(pool.endpoint == "runtime" ? "" : " · \(pool.endpoint)" as LiveMarkup)</p></header>\
      <dl>\(queue)<div><dt>throttled, 1 h<dd>\(count(pool.throttlesLastHour))</div></dl>\(quotas)</div>
      """
  }

  /// CloudWatch never tells who waits and what is in flight.
  private var queue: LiveMarkup {
    guard source == .gateway else { return "" }
    return """
      <div><dt>in flight<dd>\(count(pool.inFlight))</div>\
      <div\((pool.waiting ?? 0) > 0 ? " class=full" : "" as LiveMarkup)><dt>waiting<dd>\(waiting)</div>
      """
  }

  private func count(_ value: Int?) -> LiveMarkup {
    value.map { "\(Figures.grouped($0))" } ?? "<small>\(LiveWords.unknown)</small>"
  }

  private var waiting: LiveMarkup {
    guard let waiting = pool.waiting, waiting > 0, let longest = pool.longestWaitSeconds else {
      return count(pool.waiting)
    }
    return "\(Figures.grouped(waiting)) <small>up to \(LiveWords.duration(longest))</small>"
  }

  private var badge: LiveMarkup {
    let full = pool.quotas.contains { LiveUrgency(utilization: $0.utilization) == .full }
    let word: LiveMarkup =
      switch (pool.urgency, pool.status) {
      case (.full, _) where full: "Full"
      case (.full, _): "Waiting"
      case (.high, _): "High"
      case (.calm, "unknown"): "Quotas unknown"
      case (.calm, "partial"): "Partly known"
      case (.calm, _): ""
      }
    return word.isEmpty ? "" : "<b class=badge>\(word)</b>"
  }

  private var quotas: LiveMarkup {
    guard !pool.quotas.isEmpty else { return "<p class=soft>Quotas: unknown</p>" }
    // CloudWatch doesn't tell what is reserved.
    let figures = QuotaGauge.Figure.allCases.filter { source == .gateway || $0 != .reserved }
    let heads = figures.map { figure -> LiveMarkup in "<th>\(figure.head)" }
    return """
      <table><caption>Quotas</caption><thead><tr>\(heads)</thead>\
      \(pool.quotas.map { gauge($0, figures).rows })</table>
      """
  }

  private func gauge(_ quota: LiveStatus.Quota, _ figures: [QuotaGauge.Figure]) -> QuotaGauge {
    QuotaGauge(quota: quota, name: LiveWords.measure(quota, among: pool.quotas), figures: figures)
  }

  /// What changes by the minute.
  var hour: LiveMarkup {
    let chart = pool.lastHour.map { HourChart(history: $0).figure } ?? "<p class=soft>Last hour: unknown</p>"
    return "<div class=hour>\(chart)\(fleet)\(details)</div>"
  }

  private var fleet: LiveMarkup {
    guard let fleet = pool.fleet else { return "" }
    var words: LiveMarkup = """
      Fleet of \(LiveWords.plural(Int(clamping: fleet.members), "member")); this one got \(Figures.percent(fleet.share)) \
      in the last minute
      """
    if fleet.isStoreAway { words += " · <b class=full>the store does not answer</b>" }
    if fleet.isInFallback { words += " · <b class=high>requests are sent without the store</b>" }
    return "<p class=soft>\(words)</p>"
  }

  private var details: LiveMarkup {
    var lines = pool.quotas.compactMap { quota -> LiveMarkup? in
      let kept = QuotaGauge(quota: quota).kept.map { "; \(Figures.grouped($0)) of it (dotted) are kept back" } ?? ""
      let share = quota.enforcedShare.map { "; \(Figures.percent($0)) of it seems to be enforced" } ?? ""
      guard let code = quota.code else {
        return (share + kept).isEmpty ? nil : "<li>\(LiveWords.measure(quota)), a limit of ours\(share)\(kept)"
      }
      return "<li>\(LiveWords.measure(quota)): \(code)\(share)\(kept)"
    }
    if let fleet = pool.fleet {
      if fleet.hasLearntLimits { lines.append("<li>Throttled requests have lowered the fleet's limits") }
      let time = fleet.roundTripSeconds.map { ", nine of ten within \(Figures.milliseconds($0 * 1_000))" } ?? ""
      lines.append("<li>The fleet's store was asked \(Figures.grouped(Double(fleet.syncs))) times\(time)")
    }
    let notes: [LiveMarkup] = pool.notes.map { "<li>\($0)" }
    guard !(lines.isEmpty && notes.isEmpty) else { return "" }
    let count: LiveMarkup = notes.isEmpty ? "" : ", <b>\(LiveWords.plural(notes.count, "note"))</b>"
    return "<details><summary>Details\(count)</summary><ul>\(notes)\(lines)</ul></details>"
  }
}
