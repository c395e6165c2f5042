public import AdmissionControl

/// The limiter's state machine without its lock and its clock.
public struct Bookkeeping: Sendable {
  private var state: AdmissionState

  public init(_ configuration: LimiterConfiguration) { state = AdmissionState(configuration, at: 0) }

  /// Admits a request and settles it.
  /// - Parameter time: nanoseconds, not before those of the last call.
  public mutating func admitAndSettle(_ cost: Cost, _ outcome: Outcome, at time: Int64) {
    guard case .admitted(let lease) = state.arrive(Request(cost: cost), at: time) else {
      preconditionFailure("The limits of a benchmark must never be reached.")
    }
    state.settle(lease, outcome, at: time + 30)
    while state.next(at: time + 30) != nil {}
  }
}
