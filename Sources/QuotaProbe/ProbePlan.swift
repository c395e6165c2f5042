package import BedrockQuotas

/// What a probe will send, shown before it sends anything.
package struct ProbePlan: Sendable, Equatable {
  package struct Amount: Sendable, Equatable, Encodable {
    package var requests: Int
    /// Quota tokens: what counts against tokens per minute, and what is paid for.
    package var tokens: Int64
    package var seconds: Double
  }

  package var id: String
  package var mode: ProbeOptions.Mode
  /// The quota that is expected to bind requests of ``shape``; nil where none is known.
  package var measure: QuotaMeasure?
  package var code: String?
  /// Of ``measure``, per minute, as applied.
  package var appliedValue: Double?
  package var shape: ProbeShape
  /// If the applied values hold; nil where none is known.
  package var expected: Amount?
  /// The caps: never more than this.
  package var most: Amount
  /// What a person should know before it starts.
  package var warnings: [String]

  package init(_ resolution: Resolution, _ options: ProbeOptions) {
    let prior = ProbePrior(resolution)
    id = resolution.id
    mode = options.mode
    shape = ProbeSearch.shape(options, prior)
    most = Amount(requests: options.requestsMax, tokens: options.tokensMax, seconds: Double(options.durationMax) / 1e9)
    let limit = prior.limit(tokens: shape.reservation)
    let measure = options.measure == .concurrent ? .concurrent : options.byReservation ? .tpm : limit?.measure
    self.measure = measure
    let bound = measure.flatMap(resolution.quota)
    code = bound?.code
    appliedValue = bound?.value
    if options.mode == .steps {
      expected = Self.steps(options, shape)
    } else if measure == .concurrent {
      expected = appliedValue.map { Self.together(min($0, Double(options.inFlightMax))) }
    } else if options.byReservation {
      expected = Self.held(prior, options)
    } else if let limit {
      expected = Self.search(limit.requestsPerMinute, limit.measure, options, shape)
    } else {
      expected = nil
    }
    warnings = Self.warnings(prior, measure, expected, most)
    if measure != nil, appliedValue == nil { warnings.append("No such quota is known for this id, so it begins small.") }
    if options.byReservation {
      warnings += Self.heldWarnings(prior, options)
      warnings.append(
        "It asks for one word and ends at the first long answer; one under way then may come to max_tokens, \(NumberText.whole(Double(shape.maxTokens)))."
      )
    } else if options.mode == .search, measure == .tpm, let expected, let held = Self.held(prior, options),
      Self.heldWarnings(prior, options).isEmpty, held.tokens < expected.tokens / 10
    {
      warnings.append(
        "With --by-reservation it would keep about \(NumberText.whole(Double(held.tokens))) tokens, not \(NumberText.whole(Double(expected.tokens)))."
      )
    }
  }

  /// Rounds of twice as many each time, and four a little above the quota.
  private static func together(_ quota: Double) -> Amount {
    let requests = 2 * max(quota, 8) + 4 * (1.25 * quota + 2)
    return Amount(requests: Int(requests), tokens: Int64(requests) * 16, seconds: 10)
  }

  /// A second of latency is usual for a whole answer, and half of that for a word.
  private static let wordSeconds = 0.5
  private static let heldSeconds = 30.0

  /// The quota held for half a minute, in answers of a word.
  private static func held(_ prior: ProbePrior, _ options: ProbeOptions) -> Amount? {
    guard let together = heldTogether(prior, options) else { return nil }
    let taken = together * (1 + heldSeconds / 120) / wordSeconds * heldSeconds
    return Amount(
      requests: Int(min(1.35 * taken, 1e9)), tokens: Int64(min(taken * Double(options.tokensPerRequestMin + 2), 1e15)),
      seconds: heldSeconds + 2)
  }

  /// How many reservations fill the quota.
  private static func heldTogether(_ prior: ProbePrior, _ options: ProbeOptions) -> Double? {
    prior.tokensPerMinute.map { $0 / (0.7 * Double(max(ProbeHold.shape(options, prior).reservation, 1))) }
  }

  private static func heldWarnings(_ prior: ProbePrior, _ options: ProbeOptions) -> [String] {
    guard let together = heldTogether(prior, options), let amount = held(prior, options) else { return [] }
    var lines: [String] = []
    if 1.35 * together * 2 > Double(options.inFlightMax) {
      lines.append("An answer can reserve so little of the quota that it will most likely not be held.")
    }
    if let requests = prior.requestsPerMinute, Double(amount.requests) > requests * (1 + heldSeconds / 60) {
      lines.append("Requests per minute will most likely be throttled before tokens are.")
    }
    return lines
  }

  private static func steps(_ options: ProbeOptions, _ shape: ProbeShape) -> Amount {
    let batches = options.batchesMax
    let requests = options.requestsPerBatch * batches * (batches + 1) / 2 + 1
    let seconds = Double(batches) * (2 + Double(options.delay) / 1e9)
    return Amount(requests: requests, tokens: Int64(requests) * Int64(shape.reservation), seconds: seconds)
  }

  /// A bucket of a minute, emptied and then kept empty for two minutes.
  private static func search(
    _ perMinute: Double, _ measure: QuotaMeasure, _ options: ProbeOptions, _ shape: ProbeShape
  ) -> Amount {
    let perSecond = perMinute / 60
    // A second of latency is usual.
    let offered = max(min(10 * perSecond, 0.9 * Double(options.inFlightMax)), 2 * perSecond, 2)
    let burst = perMinute / max(offered - perSecond, 1) * offered + 40
    let plateau = measure == .rpm ? 2.4 * perMinute : 250
    let size = measure == .rpm ? Double(options.tokensPerRequestMin) : 2.2 * perMinute * Double(shape.reservation) / plateau
    let seconds = perMinute / max(offered - perSecond, 1) + max(125, 80 / perSecond)
    return Amount(
      requests: Int(min(burst + plateau, 1e12)), tokens: Int64(min(burst * Double(shape.reservation) + plateau * size, 1e15)),
      seconds: seconds)
  }

  private static func warnings(_ prior: ProbePrior, _ measure: QuotaMeasure?, _ expected: Amount?, _ most: Amount) -> [String] {
    var lines = [
      "The probe uses the quota up: while it runs, and for a minute after it, other requests of this account to the model are throttled."
    ]
    if prior.isZero { lines.append("An applied quota is 0, so one request is sent to see whether it holds.") }
    if measure == nil { lines.append("No quota per minute is known for this id, so it begins slowly and doubles its rate.") }
    guard let expected else { return lines }
    if expected.requests > most.requests {
      lines.append("The cap on requests will most likely end it before the limit is known.")
    }
    if expected.tokens > most.tokens { lines.append("The cap on tokens will most likely end it before the limit is known.") }
    if expected.seconds > most.seconds { lines.append("The cap on time will most likely end it before the limit is known.") }
    return lines
  }
}
