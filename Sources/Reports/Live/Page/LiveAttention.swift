import BedrockQuotas

/// What somebody should look at, the most urgent first.
struct LiveAttention {
  struct Item {
    var urgency: LiveUrgency
    var html: LiveMarkup
  }

  var status: LiveStatus

  /// Who looks at more than these sees them in the cards.
  private static let itemsMax = 10

  var html: LiveMarkup {
    let items = self.items.enumerated().sorted { left, right in
      (right.element.urgency, left.offset) < (left.element.urgency, right.offset)
    }.map(\.element)
    guard !items.isEmpty else {
      return "<div id=attention class=well><p>Nothing is known to be full, to wait or to fail.</p></div>"
    }
    let rest = items.count - Self.itemsMax
    let more: LiveMarkup = rest > 0 ? "<li class=more>and \(Figures.grouped(rest)) more" : ""
    let list = items.prefix(Self.itemsMax).map { item -> LiveMarkup in
      "<li class=\(item.urgency.style)>\(item.urgency == .full ? "<b>Now</b>" : "<b>Watch</b>" as LiveMarkup) \(item.html)"
    }
    return "<div id=attention><ul>\(list)\(more)</ul></div>"
  }

  var items: [Item] { operation + accounts + status.pools.compactMap(pool) + callers + routes }

  private var operation: [Item] {
    var items: [Item] = []
    if let gateway = status.gateway {
      if gateway.isDraining {
        items.append(.init(urgency: .high, html: "<span>The gateway is about to stop, and takes no new requests.</span>"))
      }
      if !gateway.isReady, !gateway.isDraining || gateway.notReadyReason != nil {
        items.append(
          .init(urgency: .full, html: "<span>The gateway is not ready. \(gateway.notReadyReason ?? "Why is unknown.")</span>"))
      }
    }
    if let problem = status.reading?.problem {
      items.append(.init(urgency: .full, html: "<span>CloudWatch could not be read. \(problem)</span>"))
    }
    for note in status.reading?.notes ?? [] {
      items.append(.init(urgency: .high, html: "<span>CloudWatch. \(note)</span>"))
    }
    return items
  }

  private var accounts: [Item] {
    status.accounts.flatMap { account in
      var problems = account.regions.compactMap { region in region.quotasProblem.map { "\(region.region): \($0)" } }
      if let problem = account.credentialsProblem { problems.insert(problem, at: 0) }
      if problems.isEmpty, !account.isReady { problems = ["It is not ready."] }
      return problems.map { problem in
        let urgency: LiveUrgency = account.isReady ? .high : .full
        return Item(urgency: urgency, html: "<span><a href=\"#accounts\">\(account.name)</a> \(problem)</span>")
      }
    }
  }

  private func pool(_ pool: LiveStatus.Pool) -> Item? {
    var urgency = LiveUrgency.calm
    var words: [String] = []
    func say(_ text: String, _ level: LiveUrgency) {
      words.append(text)
      urgency = max(urgency, level)
    }
    if let waiting = pool.waiting, waiting > 0 {
      let longest = pool.longestWaitSeconds.map { ", the longest for \(LiveWords.duration($0))" } ?? ""
      say("\(LiveWords.plural(waiting, "request")) wait\(waiting == 1 ? "s" : "")\(longest)", .full)
    }
    for quota in pool.quotas {
      guard let utilization = quota.utilization, utilization.isFinite else { continue }
      let level = LiveUrgency(utilization: utilization)
      if level > .calm { say("\(LiveWords.measure(quota)) is at \(LiveWords.percent(utilization))", level) }
    }
    if pool.fleet?.isStoreAway == true { say("the fleet's store does not answer", .full) }
    if let throttles = pool.throttlesLastHour, throttles > 0 {
      say("\(Figures.grouped(throttles)) throttled in the last hour", .high)
    }
    guard !words.isEmpty else { return nil }
    return Item(
      urgency: urgency, html: "<span><a href=\"#\(PoolKey(pool).text)\">\(pool.id)</a> \(words.joined(separator: "; "))</span>")
  }

  private var callers: [Item] {
    status.callers.flatMap { caller in
      caller.budgets.filter { $0.left <= 0 }.map { budget in
        Item(
          urgency: .high,
          html:
            "<span><a href=\"#callers\">\(caller.name)</a> has nothing left of its \(budget.name.replacing("_", with: " "))</span>"
        )
      }
    }
  }

  private var routes: [Item] {
    status.routes.flatMap { route in
      route.candidates.compactMap { candidate in
        candidate.restingUntil.map { until in
          Item(
            urgency: .high,
            html:
              "<span><a href=\"#routes\">\(route.name)</a> \(candidate.route) rests until \(LiveWords.time(until, on: status.at))</span>"
          )
        }
      }
    }
  }
}
