/// The amounts that an admitted request holds until it is settled. Users of ``Limiter`` get a ``Reservation`` instead.
package struct Lease: Sendable {
  /// Which meters the lease debited.
  struct Entries: Sendable {
    /// A bit for each measure. A limit that is added later was not debited, so nothing goes back to it.
    var measures: UInt8
    /// The slot of the strict windows that holds the debit; `.min` if there are no strict windows.
    var slot: Int64

    @inline(__always)
    func contain(_ measure: Measure) -> Bool { measures & measure.bit != 0 }
  }

  private var compactReserved: CompactAmounts
  private var compactPredicted: CompactAmounts
  private let compactKnown: CompactAmounts
  let tenant: UInt32
  let key: UInt64
  /// Nanoseconds of the limiter's clock.
  let grantedAt: Int64
  let entries: Entries
  let tier: UInt8
  /// Whether its cost counts for fairness: it was granted while other requests waited.
  let isCharged: Bool
  /// A bit for each window that was far from having room for it; see ``ShadowMeters/take(_:at:)``.
  let contradicted: UInt8
  /// Whether the server has room for it if the burndown counts.
  let room: ReservationFactor.Room
  /// Tokens on top of ``reserved`` that it holds if the burndown counts; at most ``Amounts/tokensMax``.
  private var compactExtra: Int32

  @inline(__always)
  init(
    _ cost: Cost, predicted: Amounts, tenant: UInt32, tier: Int, entries: Entries, isCharged: Bool = false,
    contradicted: UInt8 = 0, room: ReservationFactor.Room = .enough, at now: Int64
  ) {
    compactReserved = CompactAmounts(cost.reserved)
    compactPredicted = CompactAmounts(predicted)
    compactKnown = CompactAmounts(cost.charged)
    key = cost.key
    self.tenant = tenant
    grantedAt = now
    self.entries = entries
    self.tier = UInt8(truncatingIfNeeded: tier)
    self.isCharged = isCharged
    self.contradicted = contradicted
    self.room = room
    compactExtra = Int32(truncatingIfNeeded: cost.burndownExtra)
  }

  @inline(__always)
  package internal(set) var reserved: Amounts {
    get { compactReserved.amounts }
    set { compactReserved = CompactAmounts(newValue) }
  }

  /// The tokens that it holds if the burndown counts.
  var reservedWithBurndown: Int64 {
    get { reserved.tokens + Int64(compactExtra) }
    set { compactExtra = Int32(truncatingIfNeeded: max(newValue - reserved.tokens, 0)) }
  }

  @inline(__always)
  var predicted: Amounts {
    get { compactPredicted.amounts }
    set { compactPredicted = CompactAmounts(newValue) }
  }

  @inline(__always)
  var known: Amounts { compactKnown.amounts }
}
