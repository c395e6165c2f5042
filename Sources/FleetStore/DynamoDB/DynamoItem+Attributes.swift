/// The stored form of a scope.
///
/// | attribute | holds |
/// |---|---|
/// | `t`, `v` | epoch, version of the limits |
/// | `q` | protocol version, and kind, rate, capacity and burst of each limit, as a text |
/// | `l0`, `p0`, `l1`, … | what was taken of each limit, and of its pacer if it is one of a minute |
/// | `n`, `c` | bundles and microseconds of the quota that were granted |
/// | `w123`, `a123` | members that waited, and that were heard of, in span 123 |
/// | `ttl` | when DynamoDB may delete the item, in seconds since 1970 |
extension DynamoItem {
  enum Name {
    static let epoch = "t"
    static let version = "v"
    static let limits = "q"
    static let grants = "n"
    static let total = "c"
    static let expiry = "ttl"
    static let waiting = "w"
    static let alive = "a"
    static func level(_ index: Int) -> String { "l\(index)" }
    static func pacer(_ index: Int) -> String { "p\(index)" }
  }

  /// An item that nobody writes to lives this long, in seconds: a daily limit must survive the night.
  private static let lifetime: Int64 = 48 * 3_600
  private static let takenMax: Int128 = 10_000_000_000_000_000_000_000

  static func expiry(at now: Int64) -> DynamoAttribute { .number(Int128(now / 1_000 + lifetime)) }

  static func text(of limits: [FleetLimit]) -> DynamoAttribute {
    let numbers = limits.flatMap { [$0.kind.rawValue, $0.rate, $0.capacity, $0.burst] }
    return .text(([FleetState.protocolVersion] + numbers).map(String.init).joined(separator: " "))
  }

  /// The change that makes the item.
  func creation(at now: Int64) -> DynamoUpdate {
    var update = DynamoUpdate(conditions: [.isNew])
    update.actions = [
      .set(Name.epoch, .number(Int128(epoch))), .set(Name.version, .number(Int128(version))),
      .set(Name.limits, Self.text(of: limits)), .set(Name.grants, .number(Int128(grants))),
      .set(Name.total, .number(Int128(total))), .set(Name.expiry, Self.expiry(at: now)),
    ]
    for (index, limit) in limits.enumerated() {
      update.actions.append(.set(Name.level(index), .number(taken[index].level)))
      if limit.kind == .minute { update.actions.append(.set(Name.pacer(index), .number(taken[index].pacer))) }
    }
    return update
  }

  /// - Throws: ``FleetStoreError`` (`corrupt`, `protocol`); a damaged item is never taken for empty.
  package init(_ attributes: DynamoAttributes) throws(FleetStoreError) {
    func number(_ name: String, _ low: Int128, _ high: Int128) throws(FleetStoreError) -> Int128 {
      guard let value = attributes[name]?.number, low...high ~= value else { throw .corrupt("item") }
      return value
    }
    limits = try Self.limits(attributes[Name.limits]?.text)
    epoch = Int64(try number(Name.epoch, 0, Int128(FleetBounds.timeMax)))
    version = Int64(try number(Name.version, 0, Int128(FleetBounds.integerMax)))
    grants = Int64(try number(Name.grants, 0, Int128(FleetBounds.integerMax)))
    total = Int64(try number(Name.total, 0, Int128(FleetBounds.integerMax)))
    taken = []
    for (index, limit) in limits.enumerated() {
      taken.append(
        Taken(
          level: try number(Name.level(index), -Self.takenMax, Self.takenMax),
          pacer: limit.kind == .minute ? try number(Name.pacer(index), -Self.takenMax, Self.takenMax) : 0))
    }
    census = DynamoCensus(attributes)
  }

  private static func limits(_ text: String?) throws(FleetStoreError) -> [FleetLimit] {
    guard let text else { throw .corrupt("item") }
    var fields = try FleetText(text, of: "item")
    guard fields.first == FleetState.protocolVersion else { throw .protocolVersion(fields.first ?? 0) }
    let count = (fields.count - 1) / 4
    guard fields.count == 1 + 4 * count, 1...FleetBounds.metersMax ~= count else { throw .corrupt("item") }
    _ = try fields.take(1, FleetState.protocolVersion)
    var limits: [FleetLimit] = []
    for _ in 0..<count {
      guard let kind = FleetLimit.Kind(rawValue: try fields.take(0, 2)) else { throw .corrupt("item") }
      let rate = try fields.take(0, FleetBounds.unitsMax)
      let capacity = try fields.take(0, FleetBounds.unitsMax)
      limits.append(FleetLimit(kind, rate: rate, capacity: capacity, burst: try fields.take(0, FleetBounds.unitsMax)))
    }
    return limits
  }
}
