import Bedquota
import Foundation
import Testing

struct UsageWindowTests {
  /// 2026-11-24 18:18:30 UTC.
  private let now = Date(timeIntervalSince1970: 1_795_544_310)

  private func window(days: Double, period: Int? = nil) throws -> UsageWindow {
    try UsageWindow(start: now.addingTimeInterval(-days * 86_400), periodSeconds: period, now: now)
  }

  @Test func anHourHasSixtyMinutes() throws {
    let window = try UsageWindow(hours: 1, now: now)
    #expect(window.periodSeconds == 60 && window.count == 60)
    #expect(window.endSeconds == 1_795_544_340 && window.seconds(of: 59) == window.endSeconds - 60)
    #expect(window.periodNote == nil)
  }

  @Test(arguments: [(14.9, 60), (15.1, 300), (62.9, 300), (63.1, 3_600), (454.9, 3_600)])
  func theAgeChoosesThePeriod(days: Double, period: Int) throws {
    let window = try window(days: days)
    #expect(window.periodSeconds == period)
    #expect(window.startSeconds.isMultiple(of: period) && window.endSeconds.isMultiple(of: period))
    #expect((window.periodNote == nil) == (period == 60))
  }

  @Test func daysToTheSecondAreStillKept() throws {
    #expect(try UsageWindow(hours: 15 * 24, now: now).periodSeconds == 60)
    #expect(try UsageWindow(hours: 455 * 24, now: now).periodSeconds == 3_600)
  }

  @Test(arguments: [0, -1, .nan, .infinity, 10_921, 1e300])
  func hoursThatAreNone(hours: Double) {
    #expect(throws: BedquotaError.self) { _ = try UsageWindow(hours: hours, now: now) }
  }

  @Test(arguments: [456, 1e9])
  func beforeTheMemory(days: Double) {
    #expect(throws: BedquotaError.self) { _ = try window(days: days) }
  }

  @Test(arguments: [0, 30, 61, -60, 86_460, .max])
  func periodsThatAreNone(period: Int) {
    #expect(throws: BedquotaError.self) { _ = try window(days: 1, period: period) }
  }

  @Test func aPeriodThatIsNoLongerKept() throws {
    #expect(throws: BedquotaError.self) { _ = try window(days: 20, period: 60) }
    #expect(throws: BedquotaError.self) { _ = try window(days: 70, period: 300) }
    #expect(try window(days: 20, period: 900).periodSeconds == 900)
    #expect(try window(days: 70, period: 86_400).count == 71)
  }

  @Test func anUnfinishedPeriodIsDividedByTheTimeThatHasPassed() throws {
    // 18:18:30 is 210 s into the period that began at 18:15:00.
    let window = try UsageWindow(hours: 1, period: .seconds(300), now: now)
    let sums = Array(repeating: 700.0, count: window.count)
    #expect(window.perMinute(sums).suffix(2) == [140, 200])
    #expect(window.start == Date(timeIntervalSince1970: Double(window.startSeconds)) && window.period == .seconds(300))
    #expect(window.time(of: window.count) == window.end)
  }

  @Test func anEndBeforeTheStartAndTheFuture() throws {
    let start = now.addingTimeInterval(-3_600)
    #expect(throws: BedquotaError.self) { _ = try UsageWindow(start: start, end: start, now: now) }
    #expect(throws: BedquotaError.self) { _ = try UsageWindow(start: now.addingTimeInterval(60), now: now) }
    #expect(try UsageWindow(start: start, end: .distantFuture, now: now).endSeconds == 1_795_544_340)
    #expect(throws: BedquotaError.self) { _ = try UsageWindow(start: .distantPast, now: now) }
  }
}
