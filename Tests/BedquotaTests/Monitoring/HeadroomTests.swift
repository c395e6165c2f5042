import BedrockQuotas
import Testing

@testable import Bedquota

struct HeadroomTests {
  /// An hour with 10 requests of 100 quota tokens in its first minute.
  private func report(_ quotas: [Quota], isQuiet: Bool = false) -> UsageReport {
    UsageBench.report(isQuiet ? [:] : [.invocations: [0: 10], .inputTokens: [0: 1_000]], quotas)
  }

  @Test func theQuotaThatIsFullFirstDecides() {
    let rows = Headroom.ranked([report([UsageBench.requests, UsageBench.tokens])])
    #expect(rows[0].requestsPerMinute == 90 && rows[0].tokensPerMinute == 9_000)
    // 9,000 tokens are 90 requests of 100.
    #expect(rows[0].fittingRequestsPerMinute == 90)
    let narrow = UsageBench.quota("L-T", "Cross-region model inference tokens per minute", 3_000)
    #expect(Headroom.ranked([report([UsageBench.requests, narrow])])[0].fittingRequestsPerMinute == 20)
  }

  @Test func aPlaceWithoutTrafficIsComparedByTheSizeOfTheOthers() {
    let rows = Headroom.ranked([report([UsageBench.tokens]), report([UsageBench.tokens], isQuiet: true)])
    #expect(rows.map(\.fittingRequestsPerMinute) == [100, 90] && rows[0].report.totals == nil)
  }

  @Test func anUnknownQuotaComesLast() {
    let rows = Headroom.ranked([report([]), report([UsageBench.requests])])
    #expect(rows.map(\.fittingRequestsPerMinute) == [90, nil])
  }

  @Test(arguments: ["Model invocation max tokens per day", "Cross-region model inference requests per minute"])
  func nothingFitsBelowAQuotaOf0(measure: String) {
    let zero = UsageBench.quota("L-0", measure, 0)
    let rows = Headroom.ranked([report([UsageBench.tokens, zero]), report([UsageBench.tokens])])
    #expect(rows.map(\.fittingRequestsPerMinute) == [90, 0])
  }
}
