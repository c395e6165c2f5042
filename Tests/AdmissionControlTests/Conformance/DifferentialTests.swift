import AdmissionControl
import Testing

/// Random traces, compared with an oracle that takes no shortcuts.
struct DifferentialTests {
  @Test(arguments: 0..<10)
  func theMachineDoesWhatTheOracleSays(block: Int) {
    for seed in block * 300..<(block + 1) * 300 {
      let trace = Trace(seed: seed)
      guard trace.difference() != nil else { continue }
      let least = trace.shrunk { $0.difference() != nil }
      Issue.record("seed \(seed), shrunk to \(least): \(least.difference() ?? "")")
      return
    }
  }

  /// The traces reach what matters: waits, refusals and admissions, in both profiles.
  @Test func tracesThatFailAreFoundAndShrunk() throws {
    let failing = (0..<300).lazy.map { Trace(seed: $0) }.filter { $0.difference(forgettingDebt: true) != nil }
    #expect(failing.count > 50)
    let trace = try #require(failing.first)
    let least = trace.shrunk { $0.difference(forgettingDebt: true) != nil }
    // An admission, its end with more than it reserved, and another request.
    #expect(least.steps.count <= 4, "\(least)")
  }
}
