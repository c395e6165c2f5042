import AdmissionControl
import BedrockQuotas

extension QuotaAwareClient {
  /// The limiter that admits a request, and what the request reserves there.
  ///
  /// A request whose input may exceed 200,000 tokens reserves from the quotas for long prompts, if the model has such quotas. An
  /// estimate above a limit becomes the limit if the request is expected to fit: estimates are high, and a request that is refused
  /// for one would have been answered.
  ///
  /// The cost of a body that can't be read never exceeds a limit, and counts as an ordinary prompt.
  func admission(of cost: Cost, _ bounds: RequestBounds) -> (limiter: Limiter, cost: Cost) {
    let (maxTokens, isUnread) = (bounds.maxTokens, bounds.isUnread)
    let isLong = !isUnread && cost.reserved.tokens - maxTokens > LongContext.ordinaryMax
    let long = isLong ? longContext : nil
    var cost = cost
    let limit = (long?.limits ?? limits).filter { $0.measure == .tokensPerMinute || $0.measure == .tokensPerDay }.map(\.value)
      .min()
    if let limit, cost.reserved.tokens > limit, isUnread || cost.known.tokens + maxTokens <= limit {
      cost.reserved.tokens = limit
    }
    for limit in limits where limit.value > 0 {
      switch limit.measure {
      case .inputTokensPerMinute where isUnread || cost.known.inputTokens + maxTokens <= limit.value:
        cost.reserved.inputTokens = min(cost.reserved.inputTokens, limit.value)
      // The service starts a request whatever it may write.
      case .outputTokensPerMinute: cost.reserved.outputTokens = min(cost.reserved.outputTokens, limit.value)
      default: break
      }
    }
    return (long?.limiter ?? limiter, cost)
  }

  /// The limiter of the quotas on which a request counts, by the input that its reply reports; without that, the one that was thought
  /// to be before.
  func quotas(of action: RequestCourse.Action, _ running: RunningRequest) -> Limiter? {
    guard let longContext, let input = action.reportedUsage?.totalInput else { return running.quotas }
    return input > LongContext.ordinaryMax ? longContext.limiter : limiter
  }

  /// Ends a reservation among the quotas. If the estimate took a prompt for a long one that isn't, or the other way round, the other
  /// quotas count it.
  func settle(
    _ reservation: consuming Reservation, _ outcome: Outcome, _ action: RequestCourse.Action, _ running: RunningRequest
  ) {
    guard let usage = action.reportedUsage, let right = quotas(of: action, running), right !== running.quotas else {
      return reservation.settle(outcome)
    }
    reservation.settle(.cancelled)
    right.debit(metering.amounts(usage))
  }

  /// Admits no new requests, and returns when those that wait and those in flight have ended.
  public func drain() async {
    async let long: Void? = longContext?.limiter.drain()
    async let apart: Void = reserved.limiter.drain()
    await limiter.drain()
    _ = await (long, apart)
  }
}
