import AdmissionControl

/// A request from when a caller has it until nobody speaks of it any more.
struct Call: Sendable {
  enum Phase: Sendable {
    /// With the policy, which has not let it go yet.
    case waiting
    /// On its way, at the server, or its reply on the way back.
    case sent
    /// To come again later.
    case away
    /// The client is done with it.
    case over
  }

  /// How many calls had this place before.
  var generation: UInt32 = 0
  var client = 0
  /// Who has the next when this is over; -1: nobody.
  var worker = -1
  var fate: Fate
  var ask: Ask
  var phase = Phase.waiting
  var arrivedAt: Int64
  var sentAt: Int64 = 0
  var startedAt: Int64 = 0
  /// What the server holds for it.
  var ticket: ServerModel.Ticket?
  /// Output tokens after which it breaks off.
  var cutAfter: Int64?
  /// Whether a message to the server is on its way, or the server is at it.
  var isOut = false
  /// Whether the server heard that the caller has gone before it heard of the request.
  var isGone = false
  var reply = Reply.capacity
}
