import AdmissionControl
import Testing

/// Random traces, and an oracle that knows no shortcut.
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

  /// The traces go where errors are: waits, refusals and grants, in either profile.
  @Test func tracesThatFailAreFoundAndShrunk() throws {
    let failing = (0..<300).lazy.map { Trace(seed: $0) }.filter { $0.difference(forgettingDebt: true) != nil }
    #expect(failing.count > 50)
    let trace = try #require(failing.first)
    let least = trace.shrunk { $0.difference(forgettingDebt: true) != nil }
    // A grant, its end with more than it reserved, and a look.
    #expect(least.steps.count <= 4, "\(least)")
  }
}
