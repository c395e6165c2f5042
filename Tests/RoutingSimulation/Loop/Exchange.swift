import AdmissionControl

/// A request from its arrival until its reply.
struct Exchange: Sendable {
  enum Phase: Sendable { case waiting, sent, over }

  enum Reply: Sendable {
    /// - Parameters:
    ///   - final: its final cost.
    ///   - read: input tokens that came from the cache.
    ///   - cached: input tokens that are in the cache now.
    case served(final: Int64, read: Int64, cached: Int64)
    case throttled(Measure)
    case unavailable
    case denied
  }

  struct Ticket: Sendable {
    var scope: Int
    var waiter: WaiterID
  }

  var request: RouteRequest
  /// What comes after it.
  var job: SessionWorkload.Job
  /// The user whose request it is; -1: nobody's.
  var user: Int
  var arrivedAt: Int64
  var output: Int64
  var firstTokenSeconds: Double
  var thinkNanoseconds: Int64
  var phase = Phase.waiting
  var plan = RoutePlan.giveUp
  /// How many plans it had, so that a step of an old one is not taken.
  var plans: UInt32 = 0
  /// Steps of the plan that are still to come.
  var stepsLeft = 0
  var tickets: [Ticket] = []
  var wasThrottled = false
  var lease: Lease?
  var scope = 0
  var sentAt: Int64 = 0
  var serverTicket: ServerTicket?
  var reply = Reply.unavailable

  /// What it asks of a limiter.
  /// - Parameter cached: input tokens that are expected to be read from the cache.
  func admission(cached: Int64) -> Request {
    let known = request.prompt - min(cached, request.prompt)
    return Request(
      cost: Cost(reserved: Amounts(tokens: request.reserved), known: Amounts(tokens: known)), tenant: request.tenant,
      isRetry: wasThrottled)
  }
}
