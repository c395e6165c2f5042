import Testing

@testable import QuotaProbe

struct PlateauSizesTests {
  private func context(_ throttle: ProbeOutcome.Throttle, rpm: Double? = nil) -> SearchContext {
    var context = SearchContext(options: ProbeOptions(), prior: ProbePrior(requestsPerMinute: rpm))
    _ = context.log.send(TrialSize(tokens: 500), step: 0, at: 0)
    _ = context.log.answer(0, .throttled(throttle), at: 1)
    return context
  }

  private func sizes(_ unit: Trace.Unit, tokensPerMinute: Double, _ context: SearchContext) -> [Int] {
    let sizes = PlateauSizes(unit, typical: TrialSize(tokens: 500), tokensPerMinute: tokensPerMinute, context)
    return [sizes.small.reservation, sizes.large.reservation]
  }

  @Test
  func smallestWhereRequestsBind() {
    #expect(sizes(.requests, tokensPerMinute: 1e6, context(.requests)) == [16, 32])
  }

  /// Eighty trials a minute, but no larger than the options allow.
  @Test
  func partsOfAMinuteWhereTokensBind() {
    #expect(sizes(.tokens, tokensPerMinute: 80_000, context(.tokens)) == [700, 1_300])
    #expect(sizes(.tokens, tokensPerMinute: 1e9, context(.tokens)) == [14_000, 26_000])
  }

  /// 100 requests a minute: trials must be so large that tokens bind first.
  @Test
  func notSmallerThanRequestsAllow() {
    #expect(sizes(.tokens, tokensPerMinute: 16_000, context(.tokens, rpm: 100)) == [280, 520])
  }

  @Test
  func nearTheTypicalSizeWithoutNames() {
    #expect(sizes(.tokens, tokensPerMinute: 1e9, context(.unknown)) == [400, 625])
  }

  @Test
  func byTurns() {
    let sizes = PlateauSizes(.requests, typical: TrialSize(tokens: 500), tokensPerMinute: 0, context(.requests))
    #expect((0..<64).map { sizes.size($0, isWordless: false) == sizes.small }.count { $0 } == 32)
    #expect(sizes.size(15, isWordless: false) == sizes.small && sizes.size(16, isWordless: false) == sizes.large)
    #expect(sizes.size(47, isWordless: true) == sizes.small && sizes.size(48, isWordless: true) == sizes.large)
    #expect(sizes.mean == 24 && sizes.reservationMax == 32)
  }
}
