import Testing

@testable import QuotaProbe

struct AnalysisTests {
  private func candidate(_ name: Candidate.Name, rate: Double, likelihood: Double) -> Candidate {
    Candidate(name: name, rate: rate, error: 1, burst: rate * 60, logLikelihood: likelihood, noise: 0.5)
  }

  private func analysis(_ candidates: [Candidate]) -> Analysis {
    Analysis(Trace(TrialLog(), unit: .requests), candidates)
  }

  @Test
  func theLikeliestIsBest() {
    let analysis = analysis([
      candidate(.laggy, rate: 90, likelihood: -10), candidate(.bucket60, rate: 100, likelihood: -3),
    ])
    #expect(analysis.best?.name == .bucket60)
    #expect(abs(analysis.likelihoods.values.reduce(0, +) - 1) < 1e-9)
    #expect(analysis.interval == 98...102)
  }

  @Test
  func aRivalWidensTheInterval() {
    let analysis = analysis([
      candidate(.laggy, rate: 90, likelihood: -3.5), candidate(.bucket60, rate: 100, likelihood: -3),
    ])
    #expect(analysis.interval == 89...102)
  }

  @Test
  func nothingWithoutCandidates() { #expect(analysis([]).best == nil && analysis([]).interval == nil) }

  /// A bucket of a minute is an unlikely bucket of five seconds.
  @Test
  func theBurstTellsBucketsApart() {
    let found = candidate(.bucket60, rate: 10, likelihood: 0)
    #expect(BucketFit.judged(found, as: .bucket60).logLikelihood == 0)
    #expect(BucketFit.judged(found, as: .bucket5).logLikelihood == -200)
  }
}
