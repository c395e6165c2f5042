/// The tasks that wait. A task is in the table from the time its request is queued until it has fetched its answer.
struct WaitTable: Sendable {
  enum Answer: Sendable {
    /// - Parameter place: the place of the lease in the ``LeaseTable``.
    case admitted(place: Int)
    case refused(Refusal)
    case cancelled
  }

  private enum Wait: Sendable {
    /// The task has not suspended yet.
    case running
    case suspended(UnsafeContinuation<Void, Never>)
    /// The request waits in several queues, and its task for whichever is first.
    indirect case racing(Race, candidate: Int)
    /// The case is indirect, which keeps a waiting task's entry small: many tasks wait, but few have an answer that they haven't
    /// fetched.
    indirect case answered(Answer)
  }

  private var waits: [WaiterID: Wait] = [:]

  mutating func add(_ id: WaiterID) { waits[id] = .running }

  mutating func add(_ id: WaiterID, in race: Race, as candidate: Int) { waits[id] = .racing(race, candidate: candidate) }

  /// - Returns: the race of a request that waits in several queues, which is in the table no longer; nil for another request.
  mutating func takeRacing(_ id: WaiterID) -> (race: Race, candidate: Int)? {
    guard case .racing(let race, let candidate)? = waits[id] else { return nil }
    waits[id] = nil
    return (race, candidate)
  }

  /// - Returns: false if there is an answer already; then the task must not suspend.
  mutating func suspend(_ id: WaiterID, _ continuation: UnsafeContinuation<Void, Never>) -> Bool {
    if case .answered? = waits[id] { return false }
    waits[id] = .suspended(continuation)
    return true
  }

  /// - Returns: the continuation to resume, if the task is suspended.
  mutating func answer(_ id: WaiterID, _ answer: Answer) -> UnsafeContinuation<Void, Never>? {
    if case .suspended(let continuation)? = waits.updateValue(.answered(answer), forKey: id) { continuation } else { nil }
  }

  mutating func fetch(_ id: WaiterID) -> Answer {
    guard case .answered(let answer)? = waits.removeValue(forKey: id) else {
      preconditionFailure("A waiter woke without an answer.")
    }
    return answer
  }
}
