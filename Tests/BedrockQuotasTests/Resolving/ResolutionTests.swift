import BedrockQuotas
import Testing

struct ResolutionTests {
  private let resolution: Resolution = {
    var resolution = Resolution(id: "us.acme.rocket", scope: .crossRegion, status: .resolved)
    let names = [
      "Cross-Model Max Tokens Per Day", "Cross-region model inference tokens per minute for Acme Rocket",
      "Model invocation max tokens per day for Acme Rocket (doubled for cross-region calls)",
    ]
    resolution.quotas = names.enumerated().map { index, name in
      .init(quota: Quota(code: "L-\(index)", name: QuotaName(name), appliedValue: 100, family: "Acme"), evidence: "")
    }
    return resolution
  }()

  @Test(arguments: [(QuotaMeasure.tpm, "L-1"), (.tpd, "L-2"), (.rpm, nil)] as [(QuotaMeasure, String?)])
  func theQuotaOfAMeasureIsNeverTheAccountWideOne(measure: QuotaMeasure, code: String?) {
    #expect(resolution.quota(measure)?.code == code)
    #expect(resolution.accountWideQuota?.code == "L-0")
  }

  @Test(arguments: [(QuotaScope.crossRegion, 200.0), (.onDemand, 100), (.global, 100)])
  func onlyGeographicProfilesHaveTwiceTheTokensPerDay(scope: QuotaScope, value: Double) throws {
    let day = try #require(resolution.quota(.tpd))
    #expect(day.name.isDoubledAcrossRegions && day.value(for: scope) == value && day.value == 100)
    #expect(resolution.quota(.tpm)?.value(for: scope) == 100)
    var other = resolution
    other.scope = scope
    #expect(other.effectiveValue(.tpd) == value && other.effectiveValue(.tpm) == 100 && other.effectiveValue(.rpm) == nil)
    #expect(other.effectiveValueNotes.isEmpty == (scope != .crossRegion))
  }

  @Test func bothValuesAreNamed() {
    let said = "the applied value 100 is doubled for cross-region calls; the effective value is 200."
    #expect(resolution.effectiveValueNotes == ["L-2 (tpd): \(said)"])
  }
}
