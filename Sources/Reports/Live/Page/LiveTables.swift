import BedrockQuotas

/// The parts of the page below the models.
struct LiveTables {
  var status: LiveStatus

  // MARK: Callers

  var callers: LiveMarkup {
    guard !status.callers.isEmpty else { return "<div id=callers-part><p class=soft>No caller is known.</p></div>" }
    let all = status.callers.reduce(0.0) { $0 + Double($1.tokensLastHour ?? 0) }
    let rows = status.callers.map { caller -> LiveMarkup in
      let priority: LiveMarkup = caller.priority == "normal" ? "" : " <small>\(caller.priority)</small>"
      return """
        <tr><th scope=row>\(caller.name)\(priority)<td>\(LiveWords.count(caller.share))\
        <td>\(part(caller, of: all))<td>\(tokens(caller.tokensLastHour))<td>\(tokens(caller.tokensToday))\
        <td\(caller.waiting > 0 ? " class=full" : "" as LiveMarkup)>\(Figures.grouped(caller.waiting))\
        <td>\(Figures.grouped(caller.inFlight))<td class=words>\(budgets(caller))
        """
    }
    return """
      <div id=callers-part><div class=scroll role=region aria-labelledby=callers tabindex=0><table>\
      <caption>Callers: their share, and what they have used</caption><thead><tr><th scope=col class=words>caller\
      <th scope=col>share<th scope=col>of the tokens, 1 h<th scope=col>tokens, 1 h<th scope=col>tokens today\
      <th scope=col>waiting<th scope=col>in flight<th scope=col class=words>budget left</thead><tbody>\(rows)</table></div></div>
      """
  }

  private func tokens(_ count: Int64?) -> String { count.map { Figures.grouped(Double($0)) } ?? LiveWords.unknown }

  /// What part of the last hour's tokens a caller has used, as a bar and in percent.
  private func part(_ caller: LiveStatus.Caller, of all: Double) -> LiveMarkup {
    guard let tokens = caller.tokensLastHour else { return "unknown" }
    guard all > 0 else { return "–" }
    let part = Double(tokens) / all
    let width = Figures.plain((part * 1_000).rounded() / 10)
    return "<svg class=bar aria-hidden=true><rect class=u width=\"\(width)%\" /></svg>\(LiveWords.percent(part))"
  }

  private func budgets(_ caller: LiveStatus.Caller) -> LiveMarkup {
    guard !caller.budgets.isEmpty else { return "–" }
    return caller.budgets.map { budget -> LiveMarkup in
      let left: LiveMarkup = "\(LiveWords.count(budget.left)) of \(LiveWords.count(budget.limit))"
      let style: LiveMarkup = budget.left <= 0 ? "<b class=full>\(left)</b>" : left
      return "\(style) \(budget.name.replacing("_", with: " "))"
    }.joined(separator: "<br>")
  }

  // MARK: Routes

  var routes: LiveMarkup {
    guard !status.routes.isEmpty else {
      return "<div id=routes-part><p class=soft>No name with several places was asked for.</p></div>"
    }
    let groups = status.routes.map { route -> LiveMarkup in
      let rows = route.candidates.map { candidate -> LiveMarkup in
        let rests = candidate.restingUntil.map { LiveWords.time($0, on: status.at) }
        let state: LiveMarkup = rests.map { "<b class=high>rests until \($0)</b>" } ?? "takes requests"
        return """
          <tr><td class=words>\(candidate.route)<td class=words>\(state)\
          <td>\(Figures.grouped(candidate.sessions))<td>\(Figures.grouped(Double(candidate.requests)))
          """
      }
      return """
        <tbody><tr><th scope=rowgroup colspan=4>\(route.name) <small>\(Figures.grouped(Double(route.spills))) spilled\
        </small>\(rows)
        """
    }
    return """
      <div id=routes-part><div class=scroll role=region aria-labelledby=routes tabindex=0><table>\
      <caption>Names over several places, in the order in which they are asked</caption><thead><tr>\
      <th scope=col class=words>place<th scope=col class=words>state<th scope=col>conversations<th scope=col>requests\
      </thead>\(groups)</table></div></div>
      """
  }

  // MARK: Accounts

  var accounts: LiveMarkup {
    guard !status.accounts.isEmpty else { return "<div id=accounts-part><p class=soft>No account is known.</p></div>" }
    let groups = status.accounts.map { account -> LiveMarkup in
      let state: LiveMarkup = account.isReady ? "<b class=ok>Ready</b>" : "<b class=full>Not ready</b>"
      let role: LiveMarkup = account.role.map { "<small>\($0)</small>" } ?? ""
      let problem: LiveMarkup = account.credentialsProblem.map { "<p class=full>\($0)</p>" } ?? ""
      return """
        <li><h3>\(account.name)</h3> \(state) \(role)\(problem)<ul>\(account.regions.map(region))</ul>
        """
    }
    return "<div id=accounts-part><ul class=list>\(groups)</ul></div>"
  }

  private func region(_ region: LiveStatus.Region) -> LiveMarkup {
    let read = region.quotasReadAt.map { ", read at \(LiveWords.time($0, on: status.at))" } ?? ""
    let quotas = region.quotas.map { "\(LiveWords.plural($0, "quota"))\(read)" } ?? "quotas unknown"
    let problem: LiveMarkup = region.quotasProblem.map { " <b class=full>\($0)</b>" } ?? ""
    return "<li>\(region.region): \(quotas)\(problem)"
  }

  // MARK: Gateway

  var gateway: LiveMarkup {
    guard let gateway = status.gateway else { return "<div id=gateway-part><p class=soft>There is no gateway.</p></div>" }
    let lines: [(String, String)] = [
      ("Version", gateway.version), ("Address", gateway.url ?? LiveWords.unknown),
      ("Started", LiveWords.full(gateway.startedAt)),
      ("Configuration", gateway.configurationFile ?? "no file"),
      ("Loaded", LiveWords.full(gateway.configurationLoadedAt)),
      ("Connections", Figures.grouped(gateway.connections)), ("Open streams", Figures.grouped(gateway.openStreams)),
      ("Held bytes", Figures.grouped(gateway.heldBytes)),
      ("Lost lines of the access log", Figures.grouped(Double(gateway.accessLogDroppedLines))),
    ]
    let rows = lines.map { line -> LiveMarkup in "<div><dt>\(line.0)<dd>\(line.1)</div>" }
    let problem: LiveMarkup = gateway.notReadyReason.map { "<p class=full>\($0)</p>" } ?? ""
    return "<div id=gateway-part>\(problem)<dl class=facts>\(rows)</dl></div>"
  }
}
