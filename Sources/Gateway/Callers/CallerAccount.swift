import Synchronization

/// The budget of one caller, which its requests share and which outlasts reloads.
package final class CallerAccount: Sendable {
  private let budget: Mutex<CallerBudget>

  init(_ limits: BudgetLimits) { budget = Mutex(CallerBudget(limits)) }

  /// - Parameters:
  ///   - tokens: the quota tokens that the request takes until it ends.
  ///   - most: the most that it can use.
  ///   - now: seconds since 1970.
  package func reserve(
    _ tokens: Int64, most: Int64? = nil, at now: Int64
  ) throws(CallerBudget.Excess) -> CallerBudget.Reservation {
    try budget.withLock { budget throws(CallerBudget.Excess) in try budget.reserve(tokens, most: most, at: now) }
  }

  /// To be called once for each reservation.
  package func settle(_ reservation: CallerBudget.Reservation, used: Int64, wasSent: Bool = true, at now: Int64) {
    budget.withLock { $0.settle(reservation, used: used, wasSent: wasSent, at: now) }
  }

  package func snapshot(at now: Int64) -> CallerBudget.Snapshot { budget.withLock { $0.snapshot(at: now) } }

  /// Other gateways have told what they used; see ``CallerBudget/heard(_:ofDay:at:)``.
  package func heard(_ use: CallerBudget.Use, ofDay day: Int64, at now: Int64) {
    budget.withLock { $0.heard(use, ofDay: day, at: now) }
  }

  func set(_ limits: BudgetLimits) { budget.withLock { $0.limits = limits } }
}
