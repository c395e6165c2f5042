import AWSWire
import AdmissionControl

/// What follows when an attempt fails.
extension RequestCourse {
  /// The attempt brought no reply, or not all of it.
  /// - Parameters:
  ///   - dice: a random number from 0 to 1, which scales the pause.
  ///   - answeredAt: when the service last answered a request of the same client; nil if it never did.
  mutating func failed(
    _ error: any Error, _ estimator: TokenEstimator, dice: Double, answeredAt: Duration? = nil, at now: Duration
  ) -> Action {
    switch state {
    case .sending, .receiving: break
    default: return .none
    }
    if error is Refusal {
      // It was admitted, and then not worth sending any more.
      return .giveUp(error, .cancelled, end(.refused, error, at: now))
    }
    if error is UnsentCancellation { return .giveUp(error, .cancelled, end(.failed, error, at: now)) }
    let failure = InvocationFailure(error)
    wasSentWhole = wasSentWhole || failure.isAnswered
    // What has arrived is paid, whatever error follows.
    if failure.mayBePaid || outputBytes > 0 || usage != nil {
      return lost(error, failure, estimator, dice: dice, at: now)
    }
    let outcome = outcome(of: failure, estimator)
    switch failure.kind {
    case .throttled, .capacity: wasRefused = true
    default: wasRefused = false
    }
    refusedSince = refusedSince ?? now
    guard let pause = pause(after: failure, dice: dice, answeredAt: answeredAt, at: now), fits(pause, at: now) else {
      return .giveUp(error, outcome, end(.failed, error, at: now))
    }
    (state, cause) = (.pausing, .failure)
    return .retry(outcome, pause: pause)
  }

  /// How long to wait before the next attempt after one that can't be paid; nil: another one makes no sense.
  private func pause(after failure: InvocationFailure, dice: Double, answeredAt: Duration?, at now: Duration) -> Duration? {
    if failure.scopeFailure != nil, alternatives.fresh > 0 { return .zero }
    let pause = failure.pause(after: attempts, dice: dice)
    if failure.mayPass, mayGoOn(after: failure, answeredAt: answeredAt, at: now) {
      return failure.isThrottle && alternatives.fresh > 0 ? .zero : pause
    }
    // The others had no room, which may pass.
    let isElsewhere = failure.scopeFailure != nil && alternatives.others > 0 && attempts < rules.attemptsMax
    return isElsewhere ? InvocationFailure.pause(after: attempts, dice: dice) : nil
  }

  /// Whether another attempt makes sense after one that can't be paid.
  private func mayGoOn(after failure: InvocationFailure, answeredAt: Duration?, at now: Duration) -> Bool {
    let since = refusedSince ?? now
    switch failure.kind {
    // While others get replies, the quota is only scarce.
    case .throttled: return now - max(since, answeredAt ?? since) < max(rules.patience, Self.refusalPatienceMin)
    case .exhausted: return now - since < max(rules.patience, Self.refusalPatienceMin)
    case .capacity where rules.patience > .zero, .unreachable where rules.patience > .zero: return now - since < rules.patience
    default: return attempts < rules.attemptsMax
    }
  }

  /// Whether time is left after a pause.
  func fits(_ pause: Duration, at now: Duration) -> Bool { timeLeft(at: now).map { $0 > pause } ?? true }

  /// The attempt may be paid, though its reply or the rest of it was lost.
  private mutating func lost(
    _ error: any Error, _ failure: InvocationFailure, _ estimator: TokenEstimator, dice: Double, at now: Duration
  ) -> Action {
    let charge = lostCharge(estimator)
    let outcome = Outcome.failed(used: rules.metering.amounts(charge.usage))
    lostAttempts += 1
    wasRefused = false
    let isAllowed =
      switch failure.kind {
      case .noReply, .cancelled, .invalid: false
      case .timedOut: rules.resendsAfterTimeout
      default: rules.resendsAfterLoss
      }
    let pause = failure.pause(after: lostAttempts, dice: dice)
    guard failure.mayPass, isAllowed, lostAttempts < rules.attemptsMax, fits(pause, at: now) else {
      return .settle(outcome, charge, end(.failed, error, at: now))
    }
    (outputBytes, usage) = (0, nil)
    (state, cause) = (.pausing, .loss)
    return .resend(outcome, charge, pause: pause)
  }

  /// What a reply that was lost costs: what it reported, else what has arrived of it, else what other replies cost on average.
  func lostCharge(_ estimator: TokenEstimator) -> Charge {
    let estimate = outputBytes > 0 ? estimator.usage(of: size, outputBytes: outputBytes) : estimator.average(of: size)
    let counted = bound.bounded(usage ?? estimate)
    return Charge(
      usage: counted.usage, quotaTokens: quotaTokens(counted.usage), isEstimate: usage == nil,
      isCut: usage != nil && counted.isExcess, isLost: true, isReserved: tier?.isServedReserved)
  }

  /// The outcome of an attempt that can't be paid.
  func outcome(of failure: InvocationFailure, _ estimator: TokenEstimator) -> Outcome {
    switch failure.kind {
    case .throttled(let reason): .throttled(rules.metering.throttle(reason))
    case .capacity: .capacity
    case .exhausted: .cancelled
    default: .failed(used: .zero)
    }
  }
}
