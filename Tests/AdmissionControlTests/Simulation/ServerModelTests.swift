import AdmissionControl
import AdmissionSimulation
import Testing

/// The simulator's servers, against independent figures: AWS's published runs, and arithmetic by hand.
struct ServerModelTests {
  private static let second: Int64 = 1_000_000_000

  private func server(_ semantics: Semantics, quota: Int64) -> ServerModel {
    ServerModel(semantics, limits: [Limit(.tokensPerMinute, quota)], seed: 1)
  }

  private func isLetIn(_ server: inout ServerModel, _ tokens: Int64, at time: Int64) -> Bool {
    if case .letIn = server.start(Amounts(tokens: tokens), at: time) { true } else { false }
  }

  /// 1,830 requests of 5,026 tokens and up to 500 more in 60 s, with a quota of 3,000,000: 1,087 were let in
  /// (aws-samples/sample-traffic-shaping-for-amazon-bedrock, docs/testing/results.md at da52e6b).
  @Test(arguments: [(Semantics.bucket60, 1_085...1_087), (.rolling60, 542...543), (.bucket5, 587...589)])
  func aRunThatAWSPublished(semantics: Semantics, expected: ClosedRange<Int>) {
    var server = server(semantics, quota: 3_000_000)
    let count = (0..<1_830).count { isLetIn(&server, 5_526, at: Int64($0) * 60 * Self.second / 1_830) }
    #expect(expected.contains(count), "\(count)")
  }

  @Test func creditsComeBackUpToTheBrim() {
    var server = server(.bucket60, quota: 60_000)
    guard case .letIn(let ticket) = server.start(Amounts(tokens: 50_000), at: 0) else { Issue.record("refused"); return }
    #expect(!isLetIn(&server, 20_000, at: 9 * Self.second))
    server.settle(ticket, final: Amounts(tokens: 1_000), at: 9 * Self.second)
    #expect(server.room(.tokensPerMinute, at: 9 * Self.second) == 60_000)
    #expect(isLetIn(&server, 60_000, at: 9 * Self.second))
    #expect(!isLetIn(&server, 1, at: 9 * Self.second))
  }

  @Test func whatIsUsedBeyondTheReservationIsDebt() {
    var server = server(.bucket60, quota: 60_000)
    guard case .letIn(let ticket) = server.start(Amounts(tokens: 60_000), at: 0) else { Issue.record("refused"); return }
    server.settle(ticket, final: Amounts(tokens: 90_000), at: 0)
    #expect(!isLetIn(&server, 1, at: 30 * Self.second))
    #expect(isLetIn(&server, 1_000, at: 31 * Self.second))
  }

  @Test func aRollingEntryBecomesWhatItCost() {
    var server = server(.rolling60, quota: 100)
    guard case .letIn(let ticket) = server.start(Amounts(tokens: 90), at: 0) else { Issue.record("refused"); return }
    #expect(!isLetIn(&server, 50, at: 20 * Self.second))
    server.settle(ticket, final: Amounts(tokens: 40), at: 30 * Self.second)
    #expect(isLetIn(&server, 60, at: 30 * Self.second))
    #expect(!isLetIn(&server, 1, at: 60 * Self.second - 1))
    #expect(isLetIn(&server, 40, at: 60 * Self.second))
  }

  /// Every minute holds the quota, wherever the server's minutes begin.
  @Test func aClockMinuteForgetsAtOnce() {
    var server = server(.fixed60, quota: 10)
    let count = (0..<6_000).count { isLetIn(&server, 1, at: Int64($0) * Self.second / 10) }
    #expect(count == 100 || count == 110)
  }

  @Test func aLateServerDebitsAtTheEnd() {
    var server = server(.laggy, quota: 60)
    guard case .letIn(let ticket) = server.start(Amounts(tokens: 1_000), at: 0) else { Issue.record("refused"); return }
    #expect(isLetIn(&server, 1_000, at: 0))
    server.settle(ticket, final: Amounts(tokens: 90), at: 0)
    #expect(!isLetIn(&server, 1, at: 30 * Self.second))
    #expect(isLetIn(&server, 1, at: 31 * Self.second))
  }

  /// 0.2·sin has the integral 0.2·(600/π) s over its upper half, and nothing over the whole.
  @Test func aSoftLimitSwings() {
    var server = server(.soft, quota: 60)
    #expect(abs(server.supplied(.tokensPerMinute, by: 300 * Self.second) - (300 + 0.2 * 600 / .pi)) < 1e-6)
    #expect(abs(server.supplied(.tokensPerMinute, by: 600 * Self.second) - 600) < 1e-6)
  }

  /// No shard holds more than a quarter; together they hold the whole.
  @Test func aHierarchyHasParts() {
    var server = server(.hierarchical, quota: 4_000)
    #expect(!isLetIn(&server, 1_001, at: 0))
    let count = (0..<10_000).count { _ in isLetIn(&server, 1, at: 0) }
    #expect(count == 4_000)
  }

  @Test func othersUseIsNoLimitOfOurs() {
    var server = server(.bucket60, quota: 600)
    server.foreign(Amounts(tokens: 200), at: 10 * Self.second)
    #expect(server.supplied(.tokensPerMinute, by: 60 * Self.second) == 400)
    server.setQuota(.tokensPerMinute, 60, at: 60 * Self.second)
    #expect(server.supplied(.tokensPerMinute, by: 120 * Self.second) == 460)
  }

  /// What another simulation of botocore's constants found: 3.0 % of the calls throttled with one process, 23.1 % with eight.
  @Test(arguments: [(1, 0.025...0.036), (8, 0.21...0.26)])
  func botocoreIsThrottledAsOften(processes: Int, expected: ClosedRange<Double>) {
    var workload = Workload(.closed(workers: 256))
    workload.maxTokens = .fixed(2_000)
    var scenario = Scenario(
      seed: 1, .bucket60, limits: [Limit(.tokensPerMinute, 2_000_000)], workload, minutes: 6, measuredFrom: 2)
    scenario.clients = processes
    scenario.isServedOut = false
    let share = Contender.botocoreAdaptive.play(scenario).throttledShare
    #expect(expected.contains(share), "\(share)")
  }
}
