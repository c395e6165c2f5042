import Testing

@testable import QuotaProbe

struct TrialLogTests {
  private static let millisecond: Int64 = 1_000_000

  /// A trial a millisecond, each answered 10 ms after it was sent.
  private func log(_ outcomes: [ProbeOutcome]) -> TrialLog {
    var log = TrialLog()
    for index in outcomes.indices {
      _ = log.send(TrialSize(inputTokens: 9), step: 0, at: Int64(index) * Self.millisecond)
    }
    for (index, outcome) in outcomes.enumerated() {
      _ = log.answer(index, outcome, at: Int64(index + 10) * Self.millisecond)
    }
    return log
  }

  @Test
  func countsTokensAsTheServiceDoes() {
    let log = log([.accepted(quotaTokens: 7), .accepted(quotaTokens: nil), .throttled(.tokens), .lost, .capacity])
    // Settled, reserved for want of usage, given back, possibly counted, given back.
    #expect(log.tokens == 7 + 10 + 0 + 10 + 0)
    #expect(log.kept == 17 && log.keptMax == 10)
    #expect(log.accepted == 2 && log.throttled == 1 && log.errors == 2 && log.lost == 1 && log.inFlight == 0)
    #expect(log.lastThrottledAt == 2 * Self.millisecond && !log.isWordless)
  }

  @Test
  func anAnswerCountsOnce() {
    var log = log([.accepted(quotaTokens: 7)])
    #expect(!log.answer(0, .lost, at: 0) && !log.answer(1, .lost, at: 0) && log.lost == 0)
  }

  @Test
  func runsEndWithAnAnswer() {
    #expect(log([.lost, .lost]).lostRun == 2 && log([.lost, .throttled(.unknown), .lost]).lostRun == 1)
    #expect(log([.capacity, .capacity]).capacityRun == 2 && log([.capacity, .lost]).capacityRun == 0)
    #expect(log([.lost, .lost, .capacity]).lostRun == 0)
  }

  /// A pending trial counts as accepted only when a 429 would have come by now.
  @Test
  func latestLeavesOutUndecidedTrials() {
    var log = log([.throttled(.requests), .accepted(quotaTokens: 7)])
    _ = log.send(TrialSize(inputTokens: 9), step: 0, at: 20 * Self.millisecond)
    let early = log.latest(8, since: 0, at: 21 * Self.millisecond)
    #expect(early.count == 2 && early.throttled == 1 && early.lastIsAccepted && early.seconds == 0.001)
    let late = log.latest(8, since: 0, at: 500 * Self.millisecond)
    #expect(late.count == 3 && late.throttled == 1 && late.seconds == 0.02)
    #expect(log.latest(1, since: 0, at: 500 * Self.millisecond).throttled == 0)
    #expect(log.latest(8, since: 9, at: 0).count == 0)
  }
}
