/// What a store knows of a scope apart from its members.
struct FleetState: Sendable, Equatable {
  /// The version of keys, fields and arithmetic.
  static let protocolVersion: Int64 = 1

  /// The version of the limits.
  var version: Int64
  /// When the keys were made, in ms since 1970.
  var epoch: Int64
  /// The tag of the member that was served last: where newcomers join the queue.
  var virtualTime: Int64 = 0
  /// What the first bundle of a sync usually costs, in microseconds of the quota.
  var usualCost: Int64 = 0
  /// Microseconds of the quota that were granted, ever.
  var total: Int64 = 0
  /// What the strict window holds, in units.
  var windowSum: Int64 = 0
  /// The newest slot of the strict window.
  var newestSlot: Int64
  var meters: [FleetMeter]

  /// The state of a scope that nobody knew.
  init(_ request: SyncRequest, at now: Int64) {
    version = request.version
    epoch = now
    newestSlot = now / FleetWindow.slotMilliseconds
    meters = request.meters.map { FleetMeter($0.limit, at: now) }
  }

  /// - Throws: ``FleetStoreError`` (`meters`) if the member has other meters than the scope.
  func check(_ request: SyncRequest) throws(FleetStoreError) {
    guard request.meters.count == meters.count else { throw .meters(meters.count) }
    guard zip(request.meters, meters).allSatisfy({ $0.limit.kind == $1.limit.kind }) else { throw .meterKinds }
  }

  /// Takes the request's limits if they are newer.
  mutating func adopt(_ request: SyncRequest) {
    guard request.version > version else { return }
    version = request.version
    for index in meters.indices { meters[index].adopt(request.meters[index].limit, isThrottled: request.isThrottled) }
  }

  /// The microseconds of the quota that a bundle costs, at least 1.
  func cost(of bundle: [FleetAmount]) -> Int64 {
    zip(meters, bundle).reduce(1) { max($0, $1.0.microseconds(for: $1.1.predicted)) }
  }

  /// When a bundle may start, in ms from now.
  func delay(of bundle: [FleetAmount]) -> Int64 {
    zip(meters, bundle).reduce(0) { max($0, $1.0.start(of: $1.1.predicted).dividedDown(by: 1_000)) }
  }

  /// Takes a bundle and remembers it.
  /// - Parameter isFirst: whether it is the first of its sync, from which the usual bundle is learnt.
  mutating func book(_ bundle: [FleetAmount], cost: Int64, isFirst: Bool) {
    for (index, amount) in bundle.enumerated() {
      meters[index].debit(amount)
      if isFirst { meters[index].learn(amount.reserved) }
    }
    if isFirst { usualCost += usualCost == 0 ? cost : (cost - usualCost).dividedDown(by: 8) }
  }
}
