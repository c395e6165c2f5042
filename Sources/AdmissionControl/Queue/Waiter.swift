/// A queued request in compact form, because up to ``LimiterConfiguration/waitersMax`` of them exist.
struct Waiter: Sendable {
  private let compactReserved: CompactAmounts
  private let compactKnown: CompactAmounts
  private let compactPredicted: CompactAmounts
  let tenant: UInt32
  private let key: UInt64
  private let narrowTier: UInt8
  /// The limit with the longest wait when the request came; nil: none of them made it wait.
  let measure: Measure?
  private let burndownExtra: Int32
  let isRetry: Bool
  /// When it began to wait, in nanoseconds of the limiter's clock.
  let queuedAt: Int64
  /// The part of it that this queue is expected to serve.
  let share: QueueShare

  init(_ request: Request, predicted: Amounts, tier: Int, measure: Measure? = nil, at now: Int64 = 0) {
    compactReserved = CompactAmounts(request.cost.reserved)
    compactKnown = CompactAmounts(request.cost.charged)
    compactPredicted = CompactAmounts(predicted)
    tenant = request.tenant
    key = request.cost.key
    narrowTier = UInt8(tier)
    self.measure = measure
    burndownExtra = Int32(truncatingIfNeeded: request.cost.burndownExtra)
    isRetry = request.isRetry
    queuedAt = now
    share = request.share
  }

  var predicted: Amounts { compactPredicted.amounts }
  /// What those who come later expect to wait for.
  var expected: Amounts { share.of(predicted) }
  var tier: Int { Int(narrowTier) }
  var cost: Cost {
    var cost = Cost(reserved: compactReserved.amounts, known: compactKnown.amounts, key: key)
    cost.burndownExtra = Int64(burndownExtra)
    return cost
  }
}
