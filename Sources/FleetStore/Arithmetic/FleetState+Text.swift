extension FleetState {
  /// The stored form, docs/design/fleet.md, "Keys": protocol, version, epoch, virtual time, usual cost, total, window sum, newest
  /// slot, and ten numbers for each meter.
  var text: String {
    var numbers = [Self.protocolVersion, version, epoch, virtualTime, usualCost, total, windowSum, newestSlot]
    for meter in meters {
      numbers += [
        meter.limit.kind.rawValue, meter.limit.rate, meter.limit.capacity, meter.limit.burst, meter.level, meter.remainder,
        meter.pacer, meter.pacerRemainder, meter.tick, meter.usualReserved,
      ]
    }
    return numbers.map(String.init).joined(separator: " ")
  }

  /// - Throws: ``FleetStoreError`` (`corrupt`, `protocol`).
  init(text: String) throws(FleetStoreError) {
    var fields = try FleetText(text, of: "state")
    guard fields.first == Self.protocolVersion else { throw .protocolVersion(fields.first ?? 0) }
    let count = (fields.count - 8) / 10
    guard fields.count == 8 + 10 * count, 1...FleetBounds.metersMax ~= count else { throw .corrupt("state") }
    _ = try fields.take(1, 1)
    version = try fields.take(0, FleetBounds.integerMax)
    epoch = try fields.take(0, FleetBounds.timeMax)
    virtualTime = try fields.take(0, FleetBounds.integerMax)
    usualCost = try fields.take(0, FleetBounds.costMax)
    total = try fields.take(0, FleetBounds.integerMax)
    windowSum = try fields.take(-FleetBounds.windowMax, FleetBounds.windowMax)
    newestSlot = try fields.take(0, FleetBounds.timeMax)
    meters = []
    for _ in 0..<count { meters.append(try FleetMeter(&fields)) }
  }
}

extension FleetMeter {
  fileprivate init(_ fields: inout FleetText) throws(FleetStoreError) {
    guard let kind = FleetLimit.Kind(rawValue: try fields.take(0, 2)) else { throw .corrupt("state") }
    let rate = try fields.take(0, FleetBounds.unitsMax)
    let capacity = try fields.take(0, FleetBounds.unitsMax)
    self.init(FleetLimit(kind, rate: rate, capacity: capacity, burst: try fields.take(0, FleetBounds.unitsMax)), at: 0)
    level = try fields.take(FleetBounds.levelMin, FleetBounds.unitsMax)
    remainder = try fields.take(0, 86_399)
    pacer = try fields.take(FleetBounds.levelMin, FleetBounds.unitsMax)
    pacerRemainder = try fields.take(0, 86_399)
    tick = try fields.take(0, FleetBounds.timeMax)
    usualReserved = try fields.take(0, FleetBounds.unitsMax)
  }
}
