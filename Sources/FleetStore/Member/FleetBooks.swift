/// What a member owes the store, as sums since its start.
///
/// The limiter has one sum for each meter. What it used without the store is kept apart, because the store enters that in another
/// way: `owed by the limiter = owed to the store + apart`, always, but for what was written off.
struct FleetBooks: Sendable, Equatable {
  /// What the limiter owed when it was looked at last.
  private(set) var limiter: [FleetAmount]
  /// The part of it that the store isn't asked to book.
  private(set) var apart: [FleetAmount]
  /// The same when the fallback began; nil: the store answers.
  private var apartBefore: [FleetAmount]?
  /// Units that the store is to count as used although nobody used them, because the service has less than it believed.
  private var writtenOff: [Int64]

  init(meters: Int) {
    limiter = Array(repeating: .zero, count: meters)
    apart = limiter
    writtenOff = Array(repeating: 0, count: meters)
  }

  /// What the store is told as owed.
  var owed: [FleetAmount] { limiter.indices.map { owed(of: $0) } }
  /// The same of one meter.
  func owed(of meter: Int) -> FleetAmount {
    FleetAmount(
      reserved: limiter[meter].reserved &- apart[meter].reserved &+ writtenOff[meter],
      predicted: limiter[meter].predicted &- apart[meter].predicted)
  }
  /// What was used without the store since the start, in units of the first meter, and what was forfeited.
  var fallback: Int64 { apart[0].reserved &+ forfeited }
  /// Units that the store is to count for a minute, although nobody used them.
  private(set) var forfeited: Int64 = 0

  /// - Parameter units: negative: they were there after all.
  mutating func writeOff(_ units: Int64, of meter: Int) { writtenOff[meter] &+= units }

  mutating func forfeit(_ units: Int64) { forfeited &+= max(units, 0) }

  /// Takes over what the limiter owes now.
  /// - Returns: how much more that is, for each meter.
  mutating func look(_ owed: [FleetAmount]) -> [FleetAmount] {
    let change = zip(owed, limiter).map { $0 - $1 }
    limiter = owed
    if apartBefore != nil { apart = zip(apart, change).map { $0 + $1 } }
    return change
  }

  /// From now on, all changes are kept apart. So what the store knows stays as it is, and both sums stay right when it is back.
  mutating func beginFallback() { if apartBefore == nil { apartBefore = apart } }

  /// The store answers again.
  ///
  /// The first meter's use goes to the store as ``fallback``, which never makes a debt there. Of other limits per minute it is
  /// told at most a minute's worth of the member's share, since older use has come back meanwhile; pacers are told nothing, or
  /// they would stand still for as long as the store was away. Of a daily limit it is told everything.
  /// - Parameter fraction: the member's share of each limit, 0 to 1.
  mutating func endFallback(_ limits: [FleetLimit], fraction: Double) {
    guard let before = apartBefore else { return }
    apartBefore = nil
    for index in limits.indices.dropFirst() {
      let used = apart[index].reserved - before[index].reserved
      switch limits[index].kind {
      case .minute: apart[index].reserved -= min(used, Int64(Double(limits[index].rate) * fraction))
      case .day, .concurrency: apart[index].reserved -= used
      }
    }
  }
}

extension FleetAmount {
  static func + (a: FleetAmount, b: FleetAmount) -> FleetAmount {
    FleetAmount(reserved: a.reserved &+ b.reserved, predicted: a.predicted &+ b.predicted)
  }

  static func - (a: FleetAmount, b: FleetAmount) -> FleetAmount {
    FleetAmount(reserved: a.reserved &- b.reserved, predicted: a.predicted &- b.predicted)
  }
}
