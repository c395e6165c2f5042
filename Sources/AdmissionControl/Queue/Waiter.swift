/// A queued request in compact form, because up to ``LimiterConfiguration/waitersMax`` of them exist.
struct Waiter: Sendable {
  private let compactReserved: CompactAmounts
  private let compactKnown: CompactAmounts
  private let compactPredicted: CompactAmounts
  let tenant: UInt32
  private let key: UInt64
  private let narrowTier: UInt8

  init(_ request: Request, predicted: Amounts, tier: Int) {
    compactReserved = CompactAmounts(request.cost.reserved)
    compactKnown = CompactAmounts(request.cost.known)
    compactPredicted = CompactAmounts(predicted)
    tenant = request.tenant
    key = request.cost.key
    narrowTier = UInt8(tier)
  }

  var predicted: Amounts { compactPredicted.amounts }
  var tier: Int { Int(narrowTier) }
  var cost: Cost { Cost(reserved: compactReserved.amounts, known: compactKnown.amounts, key: key) }
}
