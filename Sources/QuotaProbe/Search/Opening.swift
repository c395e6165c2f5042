import BedrockQuotas

/// Sends one trial at a time until one is accepted; by reservation, until several are.
struct Opening: Sendable {
  enum Answered {
    /// Send another trial at this instant.
    case again(at: Int64)
    /// The service answers: the search proper begins.
    case done
    case stop(ProbeStop)
  }

  /// The typical trial of the phases that follow.
  private(set) var size: TrialSize
  /// Trials that failed, and trials that were throttled.
  private var failures = 0
  private var throttles = 0

  init(size: TrialSize) { self.size = size }

  func send(_ context: SearchContext) -> Departure {
    Departure(
      size: trialSize(context.options), kind: .opening, startsStep: false, spacing: Tuning.second, nextDue: nil)
  }

  /// Where one word is asked for, max_tokens is small until several answers were short, so that a model with long answers is
  /// noticed before it costs much.
  func trialSize(_ options: ProbeOptions) -> TrialSize {
    guard options.asksForAWord else { return size }
    return TrialSize(inputTokens: size.inputTokens, maxTokens: min(size.maxTokens, Tuning.Hold.openingReply))
  }

  mutating func answered(_ outcome: ProbeOutcome, at now: Int64, _ context: SearchContext) -> Answered {
    switch outcome {
    case .accepted: return accepted(at: now, context)
    case .throttled(let throttle): return throttled(throttle, at: now, context)
    default:
      guard failures < Tuning.Opening.triesMax else { return .stop(outcome == .capacity ? .onlyCapacity : .noAnswer) }
      defer { failures += 1 }
      return .again(at: now + (Tuning.second << Int64(failures)))
    }
  }

  private func accepted(at now: Int64, _ context: SearchContext) -> Answered {
    let options = context.options
    if let burndown = options.burndown {
      return context.log.keptMax > Tuning.Factor.keptMax(burndown) ? .stop(.longAnswers) : .done
    }
    guard options.byReservation, options.mode == .search, options.measure != .concurrent else { return .done }
    if context.log.keptMax > Tuning.Hold.keptMax { return .stop(.longAnswers) }
    return context.log.accepted < Tuning.Hold.proofs ? .again(at: now) : .done
  }

  private mutating func throttled(_ throttle: ProbeOutcome.Throttle, at now: Int64, _ context: SearchContext) -> Answered {
    let pauses = Tuning.Opening.pauses
    guard !context.prior.isZero, throttles < pauses.count else { return .stop(.alwaysThrottled) }
    // The trial may be too large for a bucket of a few seconds.
    if throttle != .requests, !context.options.asksForAWord {
      size = TrialSize(tokens: max(size.reservation / Tuning.Opening.shrink, context.options.tokensPerRequestMin))
    }
    defer { throttles += 1 }
    return .again(at: now + pauses[throttles])
  }
}
