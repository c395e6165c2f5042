import Bedquota
import Testing

struct SamplePercentilesTests {
  /// What numpy.quantile gives.
  @Test(arguments: [(0.0, 1.0), (0.5, 3.5), (0.9, 9.0), (0.99, 9.9), (1.0, 10.0)])
  func areInterpolated(share: Double, value: Double) {
    let percentiles = SamplePercentiles([10, 1, 8, 2, 4, 3])
    #expect(abs(percentiles(share)! - value) < 1e-9)
  }

  @Test func ofOneAndOfNone() {
    #expect(SamplePercentiles([7])(0.99) == 7)
    #expect(SamplePercentiles([])(0.5) == nil)
  }
}
