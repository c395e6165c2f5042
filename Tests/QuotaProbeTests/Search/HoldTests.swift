import BedrockQuotas
import Testing

@testable import QuotaProbe

struct HoldTests {
  private static let second: Int64 = 1_000_000_000

  private func context(_ tpm: Double? = 120_000) -> SearchContext {
    var options = ProbeOptions()
    options.byReservation = true
    options.replyTokensMax = 10_000
    var context = SearchContext(options: options, prior: ProbePrior(tokensPerMinute: tpm))
    _ = context.log.send(TrialSize(inputTokens: 15), step: 0, at: 0)
    _ = context.log.answer(0, .accepted(quotaTokens: 16), at: Self.second)
    return context
  }

  /// Sends a trial and tells its outcome at once.
  private func answer(_ outcome: ProbeOutcome, _ hold: inout Hold, _ context: inout SearchContext) -> Hold.Decision {
    let now = 2 * Self.second
    let departure = hold.send(due: now, at: now, context.log)
    let id = context.log.send(departure.size, step: 0, at: now)
    _ = context.log.answer(id, outcome, at: now)
    return hold.answered(outcome, to: context.log.entries[id], at: now, context)
  }

  @Test(
    arguments: [
      (.accepted(quotaTokens: 121), .longAnswers), (.throttled(.requests), .otherQuota),
    ] as [(ProbeOutcome, ProbeStop)])
  func stops(outcome: ProbeOutcome, stop: ProbeStop) {
    var context = context()
    var hold = Hold(size: TrialSize.first(context.options, context.prior), at: Self.second, context)
    guard case .stop(let reason) = answer(outcome, &hold, &context) else {
      Issue.record("the search goes on")
      return
    }
    #expect(reason == stop)
  }

  @Test
  func shortAnswersGoOn() {
    var context = context()
    var hold = Hold(size: TrialSize.first(context.options, context.prior), at: Self.second, context)
    guard case .goOn = answer(.accepted(quotaTokens: 120), &hold, &context) else {
      Issue.record("the search ends")
      return
    }
  }

  /// The quota is much smaller than expected, so that not one trial fits: a new fill begins with the smallest sensible size.
  @Test
  func aQuotaThatIsFullAtOnceShrinksTheTrials() {
    var context = context()
    var hold = Hold(size: TrialSize.first(context.options, context.prior), at: Self.second, context)
    #expect(hold.size.maxTokens == 10_000)
    guard case .fill = answer(.throttled(.tokens), &hold, &context) else {
      Issue.record("no new fill")
      return
    }
    #expect(hold.size.maxTokens == 1_250)
  }

  /// Sizes lie between 0.4 and 1 of the largest, and no two in a row are alike.
  @Test
  func sizesVary() {
    var context = context()
    var hold = Hold(size: TrialSize.first(context.options, context.prior), at: Self.second, context)
    var sizes: [Int] = []
    for _ in 0..<50 {
      let departure = hold.send(due: 0, at: 0, context.log)
      _ = context.log.send(departure.size, step: 0, at: 0)
      sizes.append(departure.size.maxTokens)
    }
    #expect(sizes.allSatisfy { (4_000...10_000).contains($0) } && Set(sizes).count > 45)
  }
}
