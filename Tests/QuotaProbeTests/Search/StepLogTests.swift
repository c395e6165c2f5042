import Testing

@testable import QuotaProbe

struct StepLogTests {
  private static let second: Int64 = 1_000_000_000

  private func departure(_ kind: ProbeStep.Kind, perSecond: Double, startsStep: Bool? = nil) -> Departure {
    Departure(
      size: TrialSize(tokens: 16), kind: kind, startsStep: startsStep, spacing: Departure.spacing(perSecond), nextDue: nil)
  }

  @Test
  func aStepIsOneKindAndOneRate() {
    var log = StepLog()
    #expect(log.place(departure(.burst, perSecond: 10), at: 0) == 0)
    // A new rate within five seconds, and one that hardly differs, stay in the step.
    #expect(log.place(departure(.burst, perSecond: 20), at: 4 * Self.second) == 0)
    #expect(log.place(departure(.burst, perSecond: 10.5), at: 6 * Self.second) == 0)
    #expect(log.place(departure(.burst, perSecond: 20), at: 6 * Self.second) == 1)
    #expect(log.place(departure(.plateau, perSecond: 20), at: 6 * Self.second) == 2)
    #expect(log.place(departure(.plateau, perSecond: 20, startsStep: true), at: 6 * Self.second) == 3)
    #expect(log.place(departure(.plateau, perSecond: 90, startsStep: false), at: 99 * Self.second) == 3)
    #expect(log.steps.map(\.targetRate) == [600, 1_200, 1_200, 1_200])
  }

  @Test
  func counts() throws {
    var log = StepLog()
    let step = log.place(departure(.burst, perSecond: 10), at: 0)
    for lateness in [5, 3] as [Int64] { log.sent(step, due: 0, at: lateness) }
    for outcome in [.accepted(quotaTokens: 7), .throttled(.tokens), .lost, .capacity] as [ProbeOutcome] {
      log.count(outcome, of: TrialLog.Entry(sentAt: 0, reserved: 16, final: 7, step: step))
    }
    let counted = try #require(log.steps.first)
    #expect(counted.attempted == 2 && counted.latenessMax == 5 && counted.tokens == 7)
    #expect(counted.succeeded == 1 && counted.throttled == 1 && counted.errors == 2 && counted.throttleRate == 0.25)
  }
}
