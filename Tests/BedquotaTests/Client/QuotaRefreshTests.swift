import Testing

@testable import Bedquota

/// Quotas are read again when requests are throttled, once a minute of the service's time.
struct QuotaRefreshTests {
  @Test(arguments: [(59, 1.0, false), (60, 1, true), (9, 6, false), (10, 6, true)])
  func aMinuteAfterTheLastReading(seconds: Int, timeScale: Double, isDue: Bool) {
    var refresh = QuotaRefresh(at: .seconds(100))
    #expect(refresh.throttled(at: .seconds(100 + seconds), timeScale: timeScale) == isDue)
  }

  @Test func onceForManyThrottledRequests() {
    var refresh = QuotaRefresh(at: .zero)
    let due = (0..<180).filter { refresh.throttled(at: .seconds($0), timeScale: 1) }
    #expect(due == [60, 120])
  }

  @Test func whoMayNotReadDoesNotTryAgain() {
    var refresh = QuotaRefresh(at: .zero)
    refresh.denied()
    #expect(refresh.throttled(at: .seconds(1_000), timeScale: 1) == false)
  }
}
