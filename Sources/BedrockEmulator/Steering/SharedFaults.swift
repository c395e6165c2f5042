import AWSWire
import BedrockQuotas
import Synchronization

/// The faults in force, which the control API changes.
final class SharedFaults: Sendable {
  private let plan: Mutex<FaultPlan>
  init(_ plan: FaultPlan) { self.plan = Mutex(plan) }
  var current: FaultPlan {
    get { plan.withLock { $0 } }
    set { plan.withLock { $0 = newValue } }
  }
}
