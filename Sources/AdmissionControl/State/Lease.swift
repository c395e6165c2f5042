/// A grant: what a request holds until it is settled. A value of the state machine; callers of ``Limiter`` get a ``Reservation``.
public struct Lease: Sendable {
  /// Where it is entered.
  struct Entries: Sendable {
    /// A bit for each measure that it took from: a limit that came later lent it nothing.
    var measures: UInt8
    /// The slot of the strict windows.
    var slot: Int64

    @inline(__always)
    func contain(_ measure: Measure) -> Bool { measures & measure.bit != 0 }
  }

  private var compactReserved: CompactAmounts
  private var compactPredicted: CompactAmounts
  private let compactKnown: CompactAmounts
  let tenant: UInt32
  let key: UInt64
  /// When it was given.
  let grantedAt: Int64
  let entries: Entries
  let tier: UInt8
  /// Whether its tenant was charged, for then it is corrected too.
  let isCharged: Bool
  /// A bit for each shadow that would have had no room.
  let against: UInt8

  @inline(__always)
  init(
    _ cost: Cost, predicted: Amounts, tenant: UInt32, tier: Int, entries: Entries, isCharged: Bool = false, against: UInt8 = 0,
    at now: Int64
  ) {
    compactReserved = CompactAmounts(cost.reserved)
    compactPredicted = CompactAmounts(predicted)
    compactKnown = CompactAmounts(cost.known)
    key = cost.key
    self.tenant = tenant
    grantedAt = now
    self.entries = entries
    self.tier = UInt8(truncatingIfNeeded: tier)
    self.isCharged = isCharged
    self.against = against
  }

  @inline(__always)
  package internal(set) var reserved: Amounts {
    get { compactReserved.whole }
    set { compactReserved = CompactAmounts(newValue) }
  }

  @inline(__always)
  var predicted: Amounts {
    get { compactPredicted.whole }
    set { compactPredicted = CompactAmounts(newValue) }
  }

  @inline(__always)
  var known: Amounts { compactKnown.whole }
}
