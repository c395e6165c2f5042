import Testing

@testable import QuotaProbe

struct BoundaryFitTests {
  /// Rows about the line level = 10 + 2·t, accepted below it.
  private func rows(_ times: ClosedRange<Int>) -> [BoundaryFit.Row] {
    times.flatMap { time in
      [-1.5, -0.5, 0.5, 1.5].map { distance in
        let used = 10 + 2 * Double(time) + distance
        return BoundaryFit.Row(features: [1, Double(time)], offset: -used, isAccepted: distance < 0, weight: 1)
      }
    }
  }

  @Test
  func findsTheLine() {
    let fit = BoundaryFit(rows(0...20), start: [0, 0], precisions: [1e-12, 1e-12], noises: [0.2, 1])
    #expect(abs(fit.coefficients[0] - 10) < 0.01 && abs(fit.coefficients[1] - 2) < 0.001)
    #expect(fit.noise == 0.2 && fit.covariance[1][1] > 0 && fit.covariance[1][1] < 0.01)
  }

  @Test
  func moreRowsTellMore() {
    func error(_ times: ClosedRange<Int>) -> Double {
      BoundaryFit(rows(times), start: [0, 0], precisions: [1e-12, 1e-12], noises: [0.5]).covariance[1][1]
    }
    #expect(error(0...40) < error(0...20) / 4)
  }

  @Test(arguments: [(0.0, true, -0.693_147), (0, false, -0.693_147), (50, true, 0), (-50, true, -50), (50, false, -50)])
  func logProbability(z: Double, isAccepted: Bool, expected: Double) {
    #expect(abs(BoundaryFit.logProbability(z, isAccepted) - expected) < 1e-6)
  }

  @Test
  func inverse() throws {
    let inverse = try #require(BoundaryFit.inverse([[0, 2], [4, 0]]))
    #expect(inverse == [[0, 0.25], [0.5, 0]])
    #expect(BoundaryFit.inverse([[1, 2], [2, 4]]) == nil)
  }
}
