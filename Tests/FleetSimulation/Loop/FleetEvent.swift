import AdmissionSimulation
import FleetStore

/// Something that happens in a simulated fleet at a time, in nanoseconds.
struct FleetEvent: Comparable, Sendable {
  enum Kind: Sendable {
    case start(place: Int)
    case arrival(place: Int)
    case wake(place: Int, generation: Int)
    // Requests, by index.
    case reachServer(Int)
    case finish(Int)
    case reply(Int, isThrottled: Bool)
    // Syncs.
    case reachStore(Message)
    case storeReply(Message, SyncReply)
    case storeTimeout(Message)
    /// - Parameter update: nil for a read.
    case reachTable(Message, DynamoUpdate?)
    case tableReply(Message, DynamoOutcome, isRead: Bool)
    case fault(Int)
    case foreign
    /// Demand ends.
    case close
    case discover(place: Int, quota: Int64, at: Int64)
  }

  /// A sync on its way.
  struct Message: Sendable {
    var place: Int
    var generation: Int
    var request: SyncRequest
    var timeoutAt: Int64
  }

  var at: Int64
  /// Of two events at one time, the one planned first comes first.
  var order: Int
  var kind: Kind

  static func < (a: FleetEvent, b: FleetEvent) -> Bool { (a.at, a.order) < (b.at, b.order) }
  static func == (a: FleetEvent, b: FleetEvent) -> Bool { (a.at, a.order) == (b.at, b.order) }
}
