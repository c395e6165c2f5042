import Testing

@testable import Gateway

struct ServiceTimesTests {
  private func isNear(_ time: Duration, _ seconds: Double) -> Bool { abs(time / .seconds(1) / seconds - 1) <= 0.02 }

  @Test func beginsWithAGuess() { #expect(ServiceTimes().figures == ServiceTimes.Figures()) }

  @Test func learnsQuantiles() {
    let times = ServiceTimes()
    for index in 0..<2_000 { times.record(whole: .milliseconds(index % 100 + 1)) }
    #expect(isNear(times.figures.whole50, 0.050))
    #expect(isNear(times.figures.whole95, 0.095))
    // The two kinds know nothing of each other.
    #expect(times.figures.firstByte95 == ServiceTimes.Figures().firstByte95)
    for _ in 0..<100 { times.record(firstByte: .seconds(8)) }
    #expect(isNear(times.figures.firstByte50, 8))
    #expect(isNear(times.figures.firstByte95, 8))
  }

  /// A few quick replies don't make it promise longer holds; a few slow ones make it promise shorter ones at once.
  @Test func fewRepliesOnlyMakeItCareful() {
    let times = ServiceTimes()
    for _ in 0..<19 { times.record(whole: .milliseconds(10)) }
    #expect(times.figures == ServiceTimes.Figures())
    let slow = ServiceTimes()
    for _ in 0..<3 { slow.record(whole: .seconds(100)) }
    #expect(isNear(slow.figures.whole95, 100))
  }

  @Test func forgetsOldTimes() {
    let times = ServiceTimes()
    for _ in 0..<5_000 { times.record(whole: .seconds(100)) }
    for _ in 0..<2_016 { times.record(whole: .seconds(1)) }
    #expect(isNear(times.figures.whole95, 1))
  }

  @Test(arguments: [Duration.seconds(-5), .zero, .seconds(1_000_000_000)])
  func takesAnyTime(time: Duration) {
    let times = ServiceTimes()
    for _ in 0..<100 { times.record(whole: time) }
    #expect(times.figures.whole95 >= .milliseconds(1))
    #expect(times.figures.whole95 <= .seconds(3_700))
  }
}
