/// Which records of a run are on their way, and whether it goes on.
struct RunState: Sendable {
  private(set) var isStopping = false
  /// Why the run ends before its input does; nil if it doesn't, or the caller has stopped it.
  private(set) var reason: String?
  /// When a request last succeeded.
  var lastReply: Duration
  private var gates: [Int: SendGate] = [:]

  /// - Parameter start: when the run was made.
  init(start: Duration) { lastReply = start }

  /// Requests that were sent and have not ended.
  var inFlight: Int { gates.values.count { $0.isInFlight } }

  mutating func began(_ position: Int, _ gate: SendGate) { gates[position] = gate }
  mutating func ended(_ position: Int) { gates[position] = nil }

  /// - Returns: the gates to close.
  mutating func stop(_ reason: String?) -> [SendGate] {
    isStopping = true
    self.reason = self.reason ?? reason
    return Array(gates.values)
  }
}
