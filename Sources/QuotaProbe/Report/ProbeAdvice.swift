import BedrockQuotas

/// What a probe found, against what is applied, and what to do: sentences with figures.
struct ProbeAdvice {
  let search: ProbeSearch
  let resolution: Resolution

  init(_ search: ProbeSearch, _ resolution: Resolution) {
    self.search = search
    self.resolution = resolution
  }

  var lines: [String] {
    var lines = [ending].compactMap { $0 }
    if let finding = search.finding, search.options.mode == .search {
      lines.append(found(finding))
      lines.append(contentsOf: [comparison(finding), burst(finding), habit(finding)].compactMap { $0 })
    }
    if let concurrency = search.concurrency, search.stop != .inFlightMax {
      lines.append(contentsOf: together(concurrency))
    }
    if search.log.errors > 0, search.stop != .onlyCapacity, !(search.stop?.isFailure ?? false) {
      lines.append(
        "\(NumberText.whole(Double(search.log.errors))) requests failed for other reasons than a quota, and are not counted as refusals."
      )
    }
    return lines
  }

  /// Why it ended, where that is not with an answer.
  private var ending: String? {
    let id = resolution.id
    switch search.stop {
    case .alwaysThrottled, .tokensPerDay:
      if search.stop == .tokensPerDay, !search.prior.isZero { return tokensPerDay }
      return search.prior.isZero
        ? "The applied quota is 0 and it holds: no request to \(id) gets through. Ask AWS Support for a quota, for new accounts often start so."
        : "Every request to \(id) was throttled, over two minutes and with nothing else sent: the real limit is 0, or others use all of it. Look at `usage` first, then open a case with AWS Support."
    case .noAnswer:
      return search.log.accepted == 0
        ? "No whole answer came to any request: look at the network and at the endpoint."
        : "Too often no whole answer came: look at the network, at the endpoint and at --timeout."
    case .onlyCapacity:
      return search.log.accepted > 0
        ? "\(id) began to answer with errors of the service (503 and the like) only: it ran out of capacity, which is no quota. Try again later."
        : "\(id) answered with nothing but errors of the service (503 and the like): it has no capacity at the moment, which no quota changes. Try again later, or through a cross-region profile."
    case .inFlightMax:
      return
        "\(NumberText.whole(Double(search.concurrency?.low ?? 0))) requests ran at once and none was throttled: more are never sent."
    case .notHeld: return notHeld
    case .longAnswers:
      return
        "An answer kept \(NumberText.whole(Double(search.log.keptMax))) quota tokens, though one word was asked for: reservations would cost about as much as use does. Without --by-reservation the quota is used up instead."
    case .unclear:
      return
        "Reservations alone did not tell how the quota comes back. Without --by-reservation it is used up instead, which tells more and costs more."
    case .otherQuota: return otherQuota
    case .denied(let why): return "This account may not invoke \(id): \(why)"
    case .invalid(let why): return "\(id) takes no such request: \(why)"
    case .requestsMax, .tokensMax, .durationMax:
      return search.log.throttled == 0 && isByUse
        ? neverThrottled : "The cap on \(capName) was reached; what is known by then follows."
    case .throttledBatch:
      return
        "More than half of the last batch was throttled. How fast the quota comes back is known only after a search (--mode search)."
    case .batchesDone:
      return search.log.throttled == 0 ? neverThrottled : "All batches are done; some of their requests were throttled."
    case .interrupted: return "Stopped before the end; what is known by then follows."
    case .found, nil: return nil
    }
  }

  private var notHeld: String {
    let most = search.log.entries.reduce(0.0) { max($0, Double($1.reserved)) }
    return
      "Nothing was throttled, with up to \(NumberText.whole(Double(search.options.inFlightMax))) requests under way that reserve \(NumberText.whole(most)) tokens at most: their answers are over too soon to hold the quota, or max_tokens is not reserved. Without --by-reservation the quota is used up instead."
  }

  private var otherQuota: String {
    search.options.measure == .concurrent
      ? "Requests were throttled where as many had run at once before, so it is not their number that binds, but requests or tokens per minute: probe those."
      : "Requests per minute were throttled before tokens were: \(resolution.id) allows too few requests to hold its tokens by reservation. Without --by-reservation larger requests use them up instead."
  }

  private func together(_ found: ProbeConcurrency) -> [String] {
    guard let high = found.high else {
      return ["\(NumberText.whole(Double(found.low))) requests ran at once; the most that may is not known yet."]
    }
    let count = found.low == high ? "\(high)" : "\(found.low) to \(high)"
    let bound = resolution.quota(.concurrent)
    guard let bound, let applied = bound.value else { return ["\(count) requests may run at once."] }
    let quota = "the applied quota of \(NumberText.whole(applied)) (\(bound.code))"
    return [
      "\(count) requests may run at once.",
      Double(found.low) <= applied && applied <= Double(high)
        ? "That is \(quota)."
        : "\(quota.capitalizedFirst) says otherwise: others in the account may use a part, or AWS gives another one than it applies.",
    ]
  }

  private var isByUse: Bool { !search.options.byReservation && search.options.measure != .concurrent }

  private var tokensPerDay: String {
    "\(resolution.id) answers that the tokens per day are used up. Bedrock says so too where an account has no quota at all: compare `list --measure tpd`, or try again tomorrow."
  }

  private var capName: String {
    switch search.stop {
    case .requestsMax: "requests"
    case .tokensMax: "tokens"
    default: "time"
    }
  }

  /// Whatever the window, it has held what was taken: a bucket of a minute is the most patient of them.
  private var neverThrottled: String {
    let seconds = search.log.entries.last.map { Double($0.sentAt - search.log.startedAt) / 1e9 } ?? 0
    let least = Double(search.log.accepted) / (seconds / 60 + 2)
    return
      "Nothing was throttled: \(NumberText.whole(Double(search.log.accepted))) requests were taken in \(NumberText.whole(max(seconds, 1))) s, so the limit is \(NumberText.whole(least)) requests per minute at least. A higher cap would find it."
  }

  private func found(_ finding: ProbeFinding) -> String {
    let rate = finding.ratePerMinute
    let name = finding.measure.words
    if finding.swings {
      return
        "\(name.capitalizedFirst) are what binds, and the rate swings between about \(NumberText.whole(rate.low)) and \(NumberText.whole(rate.high))."
    }
    return
      "\(name.capitalizedFirst) are what binds: \(NumberText.whole(rate.estimate)) come back, with 95 % confidence between \(NumberText.whole(rate.low)) and \(NumberText.whole(rate.high))."
  }

  private func comparison(_ finding: ProbeFinding) -> String? {
    let bound = resolution.quota(finding.measure)
    guard let bound, let applied = bound.value, applied > 0 else { return nil }
    let share = finding.ratePerMinute.estimate / applied
    let quota = "the applied quota of \(NumberText.whole(applied)) (\(bound.code))"
    if finding.swings { return "On average that is \(NumberText.finePercent(share)) of \(quota)." }
    if finding.ratePerMinute.low <= applied, applied <= finding.ratePerMinute.high || abs(share - 1) < 0.02 {
      return "That is \(quota)."
    }
    if share > 1 { return "That is \(NumberText.finePercent(share)) of \(quota): more than promised, so don't build on it." }
    return
      "That is \(NumberText.finePercent(share)) of \(quota): others in the account use the rest, or AWS gives less than it applies. `usage` shows what others use; if nobody does, open a case with AWS Support with this report."
  }

  private func burst(_ finding: ProbeFinding) -> String? {
    guard let burst = finding.burst, finding.ratePerMinute.estimate > 0 else {
      return "The quota comes back by the minute, so spread requests evenly over it."
    }
    let seconds = burst / finding.ratePerMinute.estimate * 60
    let what = finding.measure == .rpm ? "requests" : "tokens"
    return
      "After a rest, \(NumberText.whole(burst)) \(what) may come at once, \(NumberText.whole(seconds)) s worth of the rate."
  }

  private func habit(_ finding: ProbeFinding) -> String? {
    let likelihood = finding.likelihoods[finding.semantics] ?? 0
    if search.options.byReservation {
      return
        "Reservations look like `\(finding.semantics)`. They held the quota for a minute or less, so of a rate that swings slowly this is its present value."
    }
    return "The answers look most like `\(finding.semantics)` (\(NumberText.finePercent(likelihood)))."
  }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
