import Synchronization

/// The current fault plan, which the control API can change.
final class SharedFaults: Sendable {
  private let plan: Mutex<FaultPlan>
  init(_ plan: FaultPlan) { self.plan = Mutex(plan) }
  var current: FaultPlan {
    get { plan.withLock { $0 } }
    set { plan.withLock { $0 = newValue } }
  }
}
