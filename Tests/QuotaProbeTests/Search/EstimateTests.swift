import Testing

@testable import QuotaProbe

struct EstimateTests {
  private func analysis(_ name: Candidate.Name) -> Analysis {
    Analysis(
      Trace(TrialLog(), unit: .requests), [Candidate(name: name, rate: 1, error: 0.01, logLikelihood: 0, noise: 1)])
  }

  /// Windows of analyses in a row, whether each was enough, and whether the last confirms.
  @Test(
    arguments: [
      ([.bucket60], [true], false), ([.bucket60, .bucket60], [true, true], true), ([.bucket60, .soft], [true, true], false),
      ([.bucket60, .bucket60], [false, true], false), ([.bucket60, .bucket60, .bucket60], [true, false, true], false),
    ] as [([Candidate.Name], [Bool], Bool)])
  func twoInARowConfirm(names: [Candidate.Name], enough: [Bool], isConfirmed: Bool) {
    var estimate = Estimate()
    var last = false
    for (name, isEnough) in zip(names, enough) {
      estimate.analysis = analysis(name)
      last = estimate.confirm(isEnough)
    }
    #expect(last == isConfirmed)
  }
}
