import BedrockQuotas

/// The page's first lines: whose figures they are, and the sums of all pools.
struct LiveLead {
  var status: LiveStatus

  var html: LiveMarkup {
    let full = status.pools.filter { $0.quotas.contains { LiveUrgency(utilization: $0.utilization) == .full } }.count
    let longest = status.pools.compactMap(\.longestWaitSeconds).max()
    let wait: LiveMarkup = longest.map { " <small>up to \(LiveWords.duration($0))</small>" } ?? ""
    let isWaiting = status.pools.contains { ($0.waiting ?? 0) > 0 }
    // CloudWatch never tells them.
    let queue: LiveMarkup =
      status.source == .gateway
      ? """
      <div\(isWaiting ? " class=full" : "" as LiveMarkup)><dt>requests waiting<dd>\(sum(\.waiting, note: wait))</div>\
      <div><dt>in flight<dd>\(sum(\.inFlight))</div>
      """ : ""
    return """
      <div id=lead data-title="\(title(full: full, isWaiting: isWaiting))"><p>\(origin)</p><dl class=sums>\
      <div\(full > 0 ? " class=full" : "" as LiveMarkup)><dt>models full<dd>\(Figures.grouped(full)) \
      <small>of \(Figures.grouped(status.pools.count))</small></div>\(queue)\
      <div><dt>throttled, last hour<dd>\(sum(\.throttlesLastHour))</div></dl></div>
      """
  }

  private func title(full: Int, isWaiting: Bool) -> String {
    let waiting = status.pools.reduce(0) { $0.addingReportingOverflow($1.waiting ?? 0).partialValue }
    let words = [
      full > 0 ? "\(Figures.grouped(full)) full" : nil, isWaiting ? "\(Figures.grouped(waiting)) waiting" : nil, "Bedquota",
    ]
    return words.compactMap(\.self).joined(separator: " · ")
  }

  /// The sum of what is known, and for how many pools nothing is.
  private func sum(_ figure: (LiveStatus.Pool) -> Int?, note: LiveMarkup = "") -> LiveMarkup {
    let known = status.pools.compactMap(figure)
    guard !known.isEmpty || status.pools.isEmpty else { return "\(LiveWords.unknown)" }
    let sum = known.reduce(0) { $0.addingReportingOverflow($1).partialValue }
    let missing = status.pools.count - known.count
    return missing == 0
      ? "\(Figures.grouped(sum))\(note)"
      : "\(Figures.grouped(sum))\(note) <small>\(LiveWords.plural(missing, "model")) unknown</small>"
  }

  /// Where the figures come from.
  private var origin: LiveMarkup {
    if let reading = status.reading {
      let read = reading.readAt.map { "read at \(LiveWords.time($0, on: status.at))" } ?? "not read yet"
      return """
        CloudWatch, \(read), every \(LiveWords.duration(Double(reading.everySeconds))). Its figures come a few minutes late. \
        Bedquota \(reading.version).
        """
    }
    guard let gateway = status.gateway else {
      return status.source == .cloudwatch ? "CloudWatch. When it was read is unknown." : "Gateway. How it does is unknown."
    }
    let state: LiveMarkup =
      gateway.isDraining
      ? "<b class=high>Draining</b>" : gateway.isReady ? "<b class=ok>Ready</b>" : "<b class=full>Not ready</b>"
    return "\(state) Gateway \(gateway.version)\(gateway.url.map { " at \($0)" } ?? "")"
  }
}
