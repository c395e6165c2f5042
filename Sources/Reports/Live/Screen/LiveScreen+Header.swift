/// The header: where the figures come from, how old they are, and what is wrong.
extension LiveScreen {
  /// Figures of a gateway are asked for each few seconds.
  private static let gatewaySecondsMax = 15
  /// CloudWatch's figures come a few minutes late.
  private static let cloudWatchSecondsMax = 900

  func header(now: Int, width: Int, height: Int) -> [TerminalLine] {
    let title: TerminalLine = "\("bedquota top", .bold)"
    let source = [sourceName, address?.printable].compactMap(\.self).joined(separator: " ")
    var parts: [TerminalLine] = [title, "\(source)"]
    if let state { parts.append(state) }
    let ages = ages(now: now)
    let age = ages[1]
    let left = TerminalLine.joined(parts)
    // The address is what is cut where there is too little room.
    let room = width - age.width - 2 - (left.width - source.displayWidth)
    let fitting = left.width + 2 + age.width <= width
    let shown = fitting ? left : TerminalLine.joined([title, "\(source.cut(to: max(room, 8)))"] + (state.map { [$0] } ?? []))
    let most = height < 12 ? 1 : height < 24 ? 2 : 4
    return [shown.spread(with: ages, width: width), counts(now: now, width: width)]
      + problems.flatMap { $0.wrapped(to: width, hang: 0) }.prefix(most)
  }

  private var sourceName: String? {
    switch status?.source {
    case .gateway: "gateway"
    case .cloudwatch: "CloudWatch"
    case nil: nil
    }
  }

  /// nil: there is nothing to say.
  private var state: TerminalLine? {
    if isPaused { return "\("paused", .warning)" }
    if problem != nil { return "\("no answer", .failure)" }
    guard let status else { return nil }
    guard let gateway = status.gateway else {
      return status.reading?.problem == nil ? nil : "\("reading failed", .failure)"
    }
    if gateway.isDraining { return "\("draining", .warning)" }
    return gateway.isReady ? "\("ready", .success)" : "\("not ready", .failure)"
  }

  /// How old the figures are, in more words and in fewer.
  private func ages(now: Int) -> [TerminalLine] {
    guard let status, let receivedAt else { return ["\("no figures yet", .dim)", "–"] }
    // A gateway's figures are those of the moment, by whatever clock it has; CloudWatch's have the time of AWS.
    let (since, most) =
      status.source == .gateway
      ? (receivedAt, Self.gatewaySecondsMax) : (min(status.at.seconds, receivedAt), Self.cloudWatchSecondsMax)
    let seconds = max(Double(now) - Double(since), 0)
    let text = "\(LiveCell.duration(seconds)) old"
    return ["figures are \(text)", text].map { "\($0, seconds > Double(most) ? .warning : .dim)" }
  }

  /// What goes on in all pools, as far as it is known.
  private func counts(now: Int, width: Int) -> TerminalLine {
    func sum(_ values: [Int?]) -> Int? {
      let known = values.compactMap(\.self)
      return known.isEmpty && !values.isEmpty ? nil : known.reduce(0) { $0.addingReportingOverflow($1).partialValue }
    }
    func part(_ value: Int?, _ words: String, _ style: Style? = nil) -> TerminalLine {
      "\(Figures.grouped(value.map(Double.init)), value ?? 0 > 0 ? style ?? .bold : nil) \(words, .dim)"
    }
    guard let status else { return "" }
    var parts = [
      part(sum(status.pools.map(\.inFlight)), "in flight"), part(sum(status.pools.map(\.waiting)), "waiting", .warning),
      part(status.gateway?.openStreams, "open streams"),
    ]
    if let gateway = status.gateway {
      parts.append(part(gateway.connections, "connections"))
      parts.append("\("up", .dim) \(LiveCell.duration(Double(gateway.uptimeSeconds)))")
    } else if let reading = status.reading {
      parts.append("\("read every", .dim) \(LiveCell.duration(Double(reading.everySeconds)))")
    }
    while parts.count > 1, TerminalLine.joined(parts).width > width { parts.removeLast() }
    return .joined(parts)
  }

  /// What is wrong, the worst first.
  private var problems: [TerminalLine] {
    var lines: [TerminalLine] = []
    if let problem { lines.append("\(problem.sentence, .failure)") }
    guard let status else { return lines }
    if let reason = status.gateway?.notReadyReason { lines.append("\(reason, .warning)") }
    if let reason = status.reading?.problem { lines.append("\(reason, .warning)") }
    for account in status.accounts {
      if let reason = account.credentialsProblem { lines.append("\(account.name, .bold): \(reason, .warning)") }
      for region in account.regions {
        // Of CloudWatch's places, the reading has told it.
        if let reason = region.quotasProblem, status.reading?.problem?.contains(reason) != true {
          lines.append("\(account.name, .bold) \(region.region, .bold): \(reason, .warning)")
        }
      }
    }
    let away = status.pools.count { $0.fleet?.isStoreAway == true }
    if away > 0 {
      let words = "The fleet's store does not answer for \(away) of \(status.pools.count) pools."
      lines.append("\(words, .warning)")
    }
    return lines
  }
}
