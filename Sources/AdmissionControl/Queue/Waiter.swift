/// A request that waits, and what it will take.
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

  var predicted: Amounts { compactPredicted.whole }
  var tier: Int { Int(narrowTier) }
  /// What matters of it once it waits.
  var request: Request {
    Request(cost: Cost(reserved: compactReserved.whole, known: compactKnown.whole, key: key), tenant: tenant)
  }
}
