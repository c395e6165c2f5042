import FleetStore

/// One step of a trace.
struct Operation {
  /// Keys that are lost before the sync.
  var lost: [FleetTwin.Key] = []
  var request: SyncRequest
  /// The store's clock, in ms since 1970.
  var now: Int64
}
