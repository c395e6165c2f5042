import Testing

@testable import QuotaProbe

struct TraceTests {
  private static let second: Int64 = 1_000_000_000

  /// Trials of 10 tokens, one each `spacing` seconds, answered half a second later.
  private func log(_ outcomes: [ProbeOutcome], spacing: Int64 = 1) -> TrialLog {
    var log = TrialLog()
    for (index, outcome) in outcomes.enumerated() {
      let now = Int64(index) * spacing * Self.second
      _ = log.send(TrialSize(tokens: 10), step: 0, at: now)
      _ = log.answer(index, outcome, at: now + Self.second / 2)
    }
    return log
  }

  @Test
  func requestsCountOnceAccepted() {
    let trace = Trace(log([.accepted(quotaTokens: 4), .throttled(.requests), .lost, .accepted(quotaTokens: 4)]), unit: .requests)
    #expect(trace.used() == [0, 1, 1, 2] && trace.usedLate() == [0, 1, 1, 2])
    // What was lost tells nothing.
    #expect(trace.rows.map(\.item) == [0, 1, 3] && trace.rows.map(\.isAccepted) == [true, false, true])
  }

  @Test
  func tokensAreReservedAndSettled() {
    let trace = Trace(log([.accepted(quotaTokens: 4), .throttled(.tokens), .accepted(quotaTokens: 4)]), unit: .tokens)
    #expect(trace.scale == 10 && trace.items.map(\.reserved) == [1, 0, 1])
    #expect(trace.used() == [0, 0.4, 0.4])
  }

  @Test(arguments: [(Trace.Unit.requests, false, 1), (.tokens, false, 2), (.requests, true, 3)])
  func namesDecideWhatA429Tells(unit: Trace.Unit, ignoresNames: Bool, throttled: Int) {
    let accepted = ProbeOutcome.accepted(quotaTokens: 10)
    let log = log([.throttled(.requests), accepted, .throttled(.tokens), accepted, .throttled(.tokens)])
    #expect(Trace(log, unit: unit, ignoresNames: ignoresNames).rows.count { !$0.isAccepted } == throttled)
  }

  @Test
  func aWindowForgetsAfterAMinute() {
    let trace = Trace(log(Array(repeating: .accepted(quotaTokens: 10), count: 5), spacing: 25), unit: .requests)
    #expect(trace.usedInWindow() == [0, 1, 2, 2, 2])
    #expect(trace.usedInMinute(phase: 0).map(\.used) == [0, 1, 2, 0, 1])
    #expect(trace.usedInMinute(phase: 0).map(\.since) == [0, 25, 50, 15, 40])
  }

  @Test
  func runsOf429s() {
    let outcomes: [ProbeOutcome] = [
      .accepted(quotaTokens: nil), .throttled(.requests), .throttled(.requests), .throttled(.requests),
      .accepted(quotaTokens: nil), .throttled(.requests),
    ]
    let trace = Trace(log(outcomes), unit: .requests)
    #expect(trace.longestRun == 2 && trace.resumptions(after: 2) == [3...4] && trace.resumptions(after: 2.5).isEmpty)
  }

  /// Rows are thinned, but stand for as many answers as there were.
  @Test
  func thinnedRowsKeepTheirWeight() {
    let outcomes = (0..<4_000).map { $0 % 400 < 200 ? ProbeOutcome.accepted(quotaTokens: nil) : .throttled(.requests) }
    let weight = Trace(log(outcomes), unit: .requests).rows.reduce(0) { $0 + $1.weight }
    #expect(abs(weight / 4_000 - 1) < 0.02)
    #expect(Trace(log(outcomes), unit: .requests, rowsMax: 100).rows.count == 100)
  }
}
