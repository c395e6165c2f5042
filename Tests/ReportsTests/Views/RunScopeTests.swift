import BedrockQuotas
import Foundation
import Testing

@testable import Bedquota
@testable import Reports

/// What a run says of several scopes.
struct RunScopeTests {
  private func scope(_ label: String, tokens: Double?, statistics: ClientStatistics = .init()) -> RunScope {
    var resolution = Resolution(id: "us.m", scope: .crossRegion, status: .resolved)
    if let tokens {
      let name = QuotaName("Cross-region model inference tokens per minute for Amazon Nova Pro")
      resolution.quotas = [.init(quota: Quota(code: "L-T", name: name, appliedValue: tokens, family: "Nova"), evidence: "")]
    }
    return RunScope(label: label, resolution, statistics)
  }

  private var plan: BatchPlan {
    get throws {
      let file = FileManager.default.temporaryDirectory.appending(path: "bedquota-\(UUID().uuidString).jsonl")
      defer { try? FileManager.default.removeItem(at: file) }
      try Data(#"{"recordId":"a","modelInput":{"inputText":"Hi"}}"#.utf8).write(to: file)
      var plan = try BatchPlan(reading: file)
      (plan.records, plan.averageInputTokens) = (6_000, 100)
      return plan
    }
  }

  @Test func theTimeIsThatOfTheQuotasTogether() throws {
    let scopes = [scope("east", tokens: 100_000), scope("west", tokens: 200_000)]
    #expect(try RunText.leastSeconds(plan, [scopes[0]]) == 360)
    #expect(try RunText.leastSeconds(plan, scopes) == 120)
    #expect(try RunText.plan(plan, scopes).hasPrefix("6,000 records for us.m over 2 scopes; about 100 input tokens each; "))
    #expect(try RunText.plan(plan, scopes).contains("at least 2 min at the quotas together"))
    #expect(
      RunText.quotas(scopes) == """
          SCOPE     ID        TPM
          east      us.m  100,000
          west      us.m  200,000
          together        300,000
        """)
    #expect(RunText.quotas([scopes[0]]) == nil)
  }

  /// No sum is printed of which a part is not known.
  @Test func anUnknownQuotaMakesTheSumUnknown() throws {
    let scopes = [scope("east", tokens: 100_000), scope("west", tokens: nil)]
    #expect(try RunText.leastSeconds(plan, scopes) == nil && scopes.limit(.tpm) == nil)
    #expect(RunText.quotas(scopes)?.contains("together        unknown") == true)
    let payload = try JSONOutput.encode(BatchPlanPayload(plan, scopes))
    #expect(!payload.contains("secondsAtLeast") && payload.contains(#""scope" : "west""#))
  }

  @Test func theSummaryHasARowForEachScope() throws {
    var (one, two) = (ClientStatistics(), ClientStatistics())
    (one.attempted, one.succeeded, one.throttled, one.inputTokens, one.outputTokens) = (1_200, 1_100, 100, 5_000, 70)
    (two.attempted, two.succeeded, two.inputTokens, two.outputTokens) = (3, 3, 30, 7)
    let scopes = [scope("east", tokens: 6_000, statistics: one), scope("west", tokens: 6_000, statistics: two)]
    #expect(
      RunText.work(scopes) == """
          SCOPE      SENT  SUCCEEDED  THROTTLED  INPUT TOKENS  OUTPUT TOKENS
          east      1,200      1,100        100         5,000             70
          west          3          3          0            30              7
          together  1,203      1,103        100         5,030             77
        """)
    var total = ClientStatistics()
    total.quotaTokens = 6_000
    let summary = RunSummary(.init(), total, scopes: scopes, records: 0, seconds: 60, isInterrupted: false)
    #expect(summary.quotaUtilization == 0.5 && summary.scopes?.map(\.succeeded) == [1_100, 3])
    let alone = RunSummary(.init(), total, scopes: [scopes[0]], records: 0, seconds: 60, isInterrupted: false)
    #expect(alone.quotaUtilization == 1 && alone.scopes == nil)
  }
}
