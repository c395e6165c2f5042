import AdmissionControl
import Tracing

/// A caller's request while it runs.
struct RunningRequest: Sendable {
  let request: ModelRequest
  let bounds: RequestBounds
  var course: RequestCourse
  /// Traces it from its first reservation to its end.
  let span: any Span
  /// Lets the caller drop it while it waits; nil: only a cancellation ends it.
  var gate: SendGate?
  /// The limiter of the quotas on which it counts, as far as is known before its reply: the ordinary ones, or those for long prompts.
  var quotas: Limiter?
  /// The terms of a relayed request; nil for our own.
  var terms: RelayTerms?
  /// What a relayed request has waited for before its first attempt; nil once it is used.
  var turn: RelayTurn?
  /// Learns each action of its course, for a router; nil if its caller named the client.
  var observer: (any RequestObserver)?
}

/// Follows requests that a router has sent through one of its clients.
protocol RequestObserver: Sendable {
  /// An event of the request has led to an action.
  func observe(_ action: RequestCourse.Action, at now: Duration)
  /// The service has begun to reply.
  func headArrived()
}

/// An attempt that brought a reply or the beginning of one, with its reservation.
struct Attempt<Reply: Sendable>: ~Copyable, Sendable {
  let reservation: Reservation
  let reply: Reply
}
