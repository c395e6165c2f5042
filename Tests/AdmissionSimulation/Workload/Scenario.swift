package import AdmissionControl

/// Everything about a run except the policy.
package struct Scenario: Sendable {
  package var seed: UInt64
  package var semantics: Semantics
  /// The server's limits, which clients know.
  package var limits: [Limit]
  package var workload: Workload
  /// Whether the server's reservation counts the burndown.
  package var reservesBurndown = false
  /// The number of client processes. They don't know of each other; each uses an equal part of the limits.
  package var clients = 1
  package var faults: [Fault] = []
  /// Nanoseconds after which nothing more arrives.
  package var end: Int64
  /// Nanoseconds after which a client gives up a request without an answer.
  package var timeout: Int64 = 20_000_000_000
  /// Nanoseconds of the run that are measured.
  package var measured: Range<Int64>
  /// Nanoseconds between samples; nil: none.
  package var sampleNanoseconds: Int64?
  /// Whether requests that wait at the end are still served.
  package var isServedOut = true

  package init(
    seed: UInt64, _ semantics: Semantics, limits: [Limit], _ workload: Workload, minutes: Double, measuredFrom: Double = 0
  ) {
    self.seed = seed
    self.semantics = semantics
    self.limits = limits
    self.workload = workload
    end = Int64(minutes * 60e9)
    measured = Int64(measuredFrom * 60e9)..<Int64(minutes * 60e9)
  }

  /// A client's part of the limits.
  package var ownLimits: [Limit] { limits.map { Limit($0.measure, Self.part($0.value, of: clients)) } }

  static func part(_ value: Int64, of clients: Int) -> Int64 { clients == 1 ? value : max(1, value / Int64(clients)) }

  /// When the effect of the last fault ends; 0 without faults.
  package var lastFault: Int64 { faults.map { $0.lastFelt(timeout: timeout) }.max() ?? 0 }
}
