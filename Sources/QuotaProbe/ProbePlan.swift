package import BedrockQuotas

/// What a probe will send, shown before it sends anything.
package struct ProbePlan: Sendable, Equatable {
  package struct Amount: Sendable, Equatable, Encodable {
    package var requests: Int
    /// Quota tokens, which count against tokens per minute and are billed.
    package var tokens: Int64
    package var seconds: Double

    package init(requests: Int, tokens: Int64, seconds: Double) {
      (self.requests, self.tokens, self.seconds) = (requests, tokens, seconds)
    }
  }

  package var id: String
  package var mode: ProbeOptions.Mode
  /// The quota that is expected to bind trials of ``size``; nil if none is known.
  package var measure: QuotaMeasure?
  package var code: String?
  /// The applied value of ``measure``: requests or tokens per minute, or concurrent requests.
  package var appliedValue: Double?
  package var size: TrialSize
  /// A rough estimate if the service enforces the applied values, for comparisons; nil if none is known.
  package var expected: Amount?
  /// The bound of what it may send: the caps, which end the probe. See ``ProbeOptions/bounded(_:requests:tokens:)``.
  package var most: Amount
  /// Warnings for the user before the probe starts.
  package var warnings: [String]

  /// - Parameter spelling: how the warnings name ``ProbeOptions/byReservation``.
  package init(_ resolution: Resolution, _ options: ProbeOptions, spelling: ParameterSpelling = .swift) {
    let prior = ProbePrior(resolution)
    let size = TrialSize.first(options, prior)
    let limit = prior.limit(tokens: size.reservation)
    let measure: QuotaMeasure? =
      options.measure == .concurrent ? .concurrent : options.asksForAWord ? .tpm : limit?.measure
    let bound = measure.flatMap { resolution.quota($0) }
    id = resolution.id
    mode = options.mode
    self.size = size
    self.measure = measure
    code = bound?.code
    appliedValue = bound?.value
    expected = Amount.expected(options, prior, size: size, concurrent: measure == .concurrent ? bound?.value : nil)
    most = Amount(requests: options.requestsMax, tokens: options.tokensMax, seconds: Double(options.durationMax) / 1e9)
    warnings = []
    if let factor = FactorPlan(prior, options) {
      warnings = factor.warnings(prior) + capWarnings
    } else {
      warnings = general(prior) + capWarnings + reservationWarnings(prior, options, spelling)
    }
  }

  // MARK: Warnings

  private func general(_ prior: ProbePrior) -> [String] {
    var lines = [
      "The probe uses the quota up: while it runs, and for a minute after it, other requests of this account to the model may be throttled."
    ]
    if prior.isZero { lines.append("An applied quota is 0, so one request is sent to see whether that is enforced.") }
    if measure == nil {
      lines.append("No quota per minute is known for this id, so the probe begins slowly and doubles its rate.")
    } else if appliedValue == nil {
      lines.append("No such quota is known for this id, so the probe begins small.")
    }
    return lines
  }

  private var capWarnings: [String] {
    guard let expected else { return [] }
    var caps: [String] = []
    if expected.requests > most.requests { caps.append("requests") }
    if expected.tokens > most.tokens { caps.append("tokens") }
    if expected.seconds > most.seconds { caps.append("time") }
    return caps.map { "The cap on \($0) will probably end the probe before the limit is known." }
  }

  private func reservationWarnings(_ prior: ProbePrior, _ options: ProbeOptions, _ spelling: ParameterSpelling) -> [String] {
    let held = HeldPlan(prior, options)
    if options.byReservation {
      return (held?.warnings ?? []) + [
        "It asks for one word and ends at the first long answer; answers in flight may then reach max_tokens, \(NumberText.whole(Double(size.maxTokens))) each, beyond the bound on tokens."
      ]
    }
    guard options.mode == .search, measure == .tpm, let expected, let held, held.warnings.isEmpty,
      held.amount.tokens < expected.tokens / Int64(Tuning.Plan.worthwhile)
    else { return [] }
    return [
      "With \(spelling("byReservation")) it would keep about \(NumberText.whole(Double(held.amount.tokens))) tokens, not \(NumberText.whole(Double(expected.tokens)))."
    ]
  }
}
