import BedrockQuotas

extension ProbeAdvice {
  /// Why the probe ended; nil if it ended with a finding.
  var ending: String? {
    let id = resolution.id
    switch search.stop {
    case .alwaysThrottled: return search.prior.isZero ? zero : alwaysThrottled
    case .tokensPerDay: return search.prior.isZero ? zero : tokensPerDay
    case .noAnswer: return noAnswer
    case .onlyCapacity: return onlyCapacity
    case .inFlightMax:
      return
        "\(whole(search.concurrency?.low ?? 0)) requests ran concurrently and none was throttled; the probe never sends more."
    case .notHeld, .longAnswers, .unclear:
      if search.options.burndown != nil { return factorEnding }
      return "\(notByReservation) \(byUse)"
    case .otherQuota: return otherQuota
    case .denied: return "This account may not invoke \(id): \(search.serviceMessage ?? "")"
    case .invalid: return "The service rejected a request to \(id): \(search.serviceMessage ?? "")"
    case .requestsMax: return capped("requests")
    case .tokensMax: return capped("tokens")
    case .durationMax: return capped("time")
    case .throttledBatch:
      return
        "More than half of the last batch was throttled. Only a search (\(spelling("mode")) search) shows how fast the quota is refilled."
    case .batchesDone:
      return search.log.throttled == 0
        ? "\(neverThrottled) Only a search (\(spelling("mode")) search) shows the rate."
        : "All batches are done; \(whole(search.log.throttled)) of their requests were throttled. Only a search (\(spelling("mode")) search) shows how fast the quota is refilled."
    case .interrupted: return "Stopped before the end; the findings so far follow."
    case .found, nil: return nil
    }
  }

  // MARK: Nothing was accepted

  private var zero: String {
    "The applied quota is 0 and is enforced: a request to \(resolution.id) was throttled, with nothing else sent. Open a case with AWS Support; new accounts often start with a quota of 0."
  }

  private var alwaysThrottled: String {
    let seconds = search.log.entries.last.map { Double($0.sentAt - search.log.startedAt) / 1e9 } ?? 0
    return
      "No request to \(resolution.id) was accepted in \(whole(seconds)) s, with nothing else sent: the actual limit is 0, it holds no request of this size, or other clients use all of it. Look at `usage` first, then open a case with AWS Support."
  }

  private var tokensPerDay: String {
    "\(resolution.id) answers that the tokens per day are used up. Bedrock says the same if an account has no quota at all: look up the quota of tokens per day, or try again tomorrow."
  }

  private var noAnswer: String {
    search.log.accepted == 0
      ? "No request got a whole answer: check the network and the endpoint."
      : "Too many requests got no whole answer: check the network, the endpoint and the timeout (\(spelling("timeout")))."
  }

  private var onlyCapacity: String {
    search.log.accepted + search.log.throttled + search.log.lost > 0
      ? "\(resolution.id) began to answer with service errors (503 and the like) only: it ran out of capacity, which is not a matter of quotas. Try again later."
      : "\(resolution.id) answered with service errors (503 and the like) only: it has no capacity at the moment, whatever the quota. Try again later, or through a cross-region inference profile."
  }

  // MARK: By reservation

  private var byUse: String {
    let detail = search.stop == .unclear ? ", which shows more and costs more" : ""
    return "Without \(spelling("byReservation")) the probe uses the quota up instead\(detail)."
  }

  private var notByReservation: String {
    switch search.stop {
    case .longAnswers:
      return
        "An answer kept \(whole(search.log.keptMax)) quota tokens, though one word was asked for: reservations would cost about as much as usage does."
    case .unclear:
      let options = search.options
      let isUsedUp = search.log.entries.count >= options.requestsMax || search.reachedTokensMax
      return isUsedUp
        ? "The bound of the plan was reached before the limit was known, so it is unclear."
        : "Reservations alone didn't show how the quota is refilled."
    default:
      let most = search.log.entries.reduce(0) { max($0, $1.reserved) }
      return
        "The quota was not filled at the fastest rate that \(whole(search.options.inFlightMax)) requests in flight allow, which reserve \(whole(most)) tokens each at most: their answers end too soon, the quota is larger than they can fill, or max_tokens is not reserved."
    }
  }

  private var otherQuota: String {
    if search.options.burndown != nil {
      return "Requests per minute were throttled before tokens were. Try again after a minute without other traffic."
    }
    if search.options.measure == .concurrent, search.log.throttles[.tokens] != nil {
      return
        "Tokens per minute were throttled, so the number of requests in flight that may run doesn't show. Try again after a minute without other traffic."
    }
    return search.options.measure == .concurrent
      ? "Requests were throttled at a concurrency that had worked before, or at none, so concurrency is not what bound them, or it has changed. Probe requests or tokens per minute instead."
      : "Requests per minute were throttled before tokens were: \(resolution.id) allows too few requests to fill its quota of tokens by reservation. Without \(spelling("byReservation")) larger requests use it up instead."
  }

  // MARK: Caps

  private func capped(_ cap: String) -> String {
    let isByUse = !search.options.asksForAWord && search.options.measure != .concurrent
    if search.log.throttled == 0, isByUse { return "\(neverThrottled) A higher cap on \(cap) may show it." }
    let hasFindings = search.finding != nil || search.concurrency != nil || search.factor?.trials.isEmpty == false
    return hasFindings
      ? "The cap on \(cap) was reached; the findings so far follow."
      : "The cap on \(cap) was reached before the limit was known, so it is unclear. A higher cap may show it."
  }

  /// States what was accepted, and no rate: a bucket that was full may have held all of it, and its capacity isn't known.
  private var neverThrottled: String {
    let log = search.log
    guard log.accepted > 0 else { return "Nothing was accepted and nothing throttled, so nothing is known about the limit." }
    let seconds = log.entries.last.map { Double($0.sentAt - log.startedAt) / 1e9 } ?? 0
    return
      "Nothing was throttled: \(whole(log.accepted)) requests of \(whole(Double(log.kept))) quota tokens together were accepted in \(whole(max(seconds, 1))) s. That is what the quota allows after a rest. It doesn't show how fast the quota is refilled: a quota that was full at the start may have held all of it."
  }
}
