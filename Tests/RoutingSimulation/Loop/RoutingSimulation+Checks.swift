import AdmissionControl

/// Rules that hold whatever the policy is.
extension RoutingSimulation {
  /// After every event, for each limiter that it concerned.
  mutating func check(_ index: Int) {
    let scope = scopes[index]
    let snapshot = scope.limiter.snapshot()
    if snapshot.waiting != scope.owners.count {
      fail("\(snapshot.waiting) wait at scope \(index), \(scope.owners.count) by our count")
    }
    if snapshot.counts.inFlight != scope.leases {
      fail("\(snapshot.counts.inFlight) are in flight at scope \(index), \(scope.leases) by our count")
    }
  }

  /// When nothing happens any more: everybody was answered or gave up, nothing is held, and no token is lost.
  mutating func checkEnd() {
    for (id, exchange) in exchanges.enumerated()
    where exchange.phase != .over || exchange.lease != nil || !exchange.tickets.isEmpty {
      fail("request \(id) is left over")
    }
    for index in scopes.indices where !scopes[index].limiter.isIdle { fail("the limiter of scope \(index) is not idle") }
    let (used, settled) = (costs, settledCosts)
    if used != settled { fail("\(used) tokens were used, and \(settled) were settled") }
  }
}
