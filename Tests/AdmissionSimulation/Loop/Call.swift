import AdmissionControl

/// A request, from its arrival until its last message.
struct Call: Sendable {
  enum Phase: Sendable {
    /// Waiting at the policy.
    case waiting
    /// In flight: on its way, at the server, or its reply on the way back.
    case sent
    /// Waiting for a retry.
    case away
    /// Over for the client.
    case over
  }

  /// The number of earlier calls at this index.
  var generation: UInt32 = 0
  var client = 0
  /// The worker that sends the next request when this is over; -1: none.
  var worker = -1
  var fate: Fate
  var ask: Ask
  var phase = Phase.waiting
  var arrivedAt: Int64
  var sentAt: Int64 = 0
  var startedAt: Int64 = 0
  /// What it holds at the server.
  var ticket: ServerModel.Ticket?
  /// Output tokens after which it breaks off.
  var cutAfter: Int64?
  /// Whether a message to the server is on its way, or the server works on it.
  var isOut = false
  /// Whether the server learnt that the caller gave up before it got the request.
  var isGone = false
  var reply = Reply.capacity
}
