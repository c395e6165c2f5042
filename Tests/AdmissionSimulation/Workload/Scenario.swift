package import AdmissionControl

/// Everything that a run is, but for the policy.
package struct Scenario: Sendable {
  package var seed: UInt64
  package var semantics: Semantics
  /// Of the server, and as far as clients know.
  package var limits: [Limit]
  package var workload: Workload
  /// Processes that know nothing of each other; each minds an equal part of the limits.
  package var clients = 1
  package var faults: [Fault] = []
  /// Nanoseconds after which nothing more arrives.
  package var end: Int64
  /// Nanoseconds in which a client without an answer gives a request up for lost.
  package var timeout: Int64 = 20_000_000_000
  /// Nanoseconds of the run that are measured.
  package var measured: Range<Int64>
  /// Takes a sample so often; nil: never.
  package var sampleNanoseconds: Int64?
  /// Whether what waits at the end is served too.
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

  /// When the last fault was last felt; 0 without any.
  package var lastFault: Int64 { faults.map { $0.lastFelt(timeout: timeout) }.max() ?? 0 }
}
