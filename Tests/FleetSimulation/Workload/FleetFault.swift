/// Something that goes wrong in a simulated fleet.
package enum FleetFault: Sendable, Equatable {
  /// The processes end without a word.
  case crash(Range<Int>)
  /// Processes start in the places of ended ones.
  case join(Range<Int>)
  /// The processes stop for some seconds, and go on.
  case pause(Range<Int>, seconds: Double)
  /// The processes end as they should.
  case leave(Range<Int>)
  /// Nobody reaches the store.
  case storeDown
  case storeUp
  /// Some members don't reach the store.
  case cut(Range<Int>)
  /// The store gets their syncs, and its answers don't reach them.
  case deafen(Range<Int>)
  /// All members reach the store.
  case mend
  /// A replica takes over that has not got the writes of the last seconds.
  case failover(lostSeconds: Double)
  /// The store loses everything.
  case flush
  /// The store's clock is this many seconds off the true time.
  case clock(seconds: Double)
  /// The service has another quota, as a multiple of the first; members notice within 30 s.
  case quota(Double)
  /// Somebody else uses a share of the quota.
  case foreign(share: Double)
}
