/// Tasks that wait, from when they stand in line until they have fetched their answer.
struct WaitTable: Sendable {
  enum Answer: Sendable {
    /// The place of the lease.
    case letIn(Int)
    case refused(Refusal)
    case cancelled
  }

  private enum Wait: Sendable {
    /// The task has not gone to sleep yet.
    case comingUp
    case asleep(UnsafeContinuation<Void, Never>)
    /// In a box: those who wait are many, and those who have their answer few.
    indirect case answered(Answer)
  }

  private var waits: [WaiterID: Wait] = [:]

  mutating func add(_ id: WaiterID) { waits[id] = .comingUp }

  /// - Returns: false where there is an answer already.
  mutating func sleep(_ id: WaiterID, _ continuation: UnsafeContinuation<Void, Never>) -> Bool {
    if case .answered? = waits[id] { return false }
    waits[id] = .asleep(continuation)
    return true
  }

  /// - Returns: whom to wake, so that it fetches its answer.
  mutating func answer(_ id: WaiterID, _ answer: Answer) -> UnsafeContinuation<Void, Never>? {
    if case .asleep(let continuation)? = waits.updateValue(.answered(answer), forKey: id) { continuation } else { nil }
  }

  mutating func fetch(_ id: WaiterID) -> Answer {
    guard case .answered(let answer)? = waits.removeValue(forKey: id) else {
      preconditionFailure("A waiter woke without an answer.")
    }
    return answer
  }
}
