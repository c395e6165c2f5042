import AdmissionSimulation

typealias ServerTicket = ServerModel.Ticket

/// Something that happens at a time. Of two at one time, the one planned first comes first.
struct RouteEvent: Comparable, Sendable {
  enum Kind: Sendable {
    /// A conversation or a single request begins that nobody waited for.
    case opens
    /// A user begins the next.
    case begins(user: Int)
    /// The next turn of the conversation whose last request this was.
    case turn(Int)
    case step(Int, index: Int, plan: UInt32)
    case reach(Int)
    case finish(Int)
    case reply(Int)
    case wake(scope: Int)
    case fault(Int, begins: Bool)
  }

  var time: Int64
  var order: UInt64
  var kind: Kind

  static func < (a: RouteEvent, b: RouteEvent) -> Bool { (a.time, a.order) < (b.time, b.order) }
  static func == (a: RouteEvent, b: RouteEvent) -> Bool { a.order == b.order }
}
