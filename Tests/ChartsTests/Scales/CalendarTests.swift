import Charts
import Foundation
import Testing

struct CalendarTests {
  private static let utc: Calendar = {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(identifier: "UTC")!
    return calendar
  }()

  @Test func agreesWithFoundation() {
    // Foundation's calendar is Julian before October 1582.
    for days in stride(from: -140_000, through: 400_000, by: 37) {
      let date = CivilDate(daysSince1970: days)
      let theirs = Self.utc.dateComponents([.year, .month, .day], from: Date(timeIntervalSince1970: Double(days) * 86_400))
      #expect(date == CivilDate(year: theirs.year!, month: theirs.month!, day: theirs.day!))
      #expect(date.daysSince1970 == days)
    }
  }

  @Test func everyDayThereAndBack() {
    for days in -800_000...800_000 where CivilDate(daysSince1970: days).daysSince1970 != days { Issue.record("\(days)") }
    #expect(CivilDate(daysSince1970: 0) == CivilDate(year: 1970, month: 1, day: 1))
    #expect(CivilDate(year: 2000, month: 2, day: 29).daysSince1970 == 11_016)
  }

  private let font = Font(size: 11)
  private static let berlin = TimeZone(identifier: "Europe/Berlin")!

  private func berlin(_ from: String, hours: Double) throws -> LocalTime {
    let start = try Date(from, strategy: .iso8601).timeIntervalSince1970
    return LocalTime(start...start + hours * 3_600) { Self.berlin.secondsFromGMT(for: Date(timeIntervalSince1970: $0)) }
  }

  @Test func ordinaryDay() throws {
    let time = try berlin("2025-11-24T08:30:00Z", hours: 24)
    let ticks = time.ticks(width: 700, font: font, gap: 10)
    #expect(
      ticks.map(\.label) == [
        "10:00", "12:00", "14:00", "16:00", "18:00", "20:00", "22:00", "00:00", "02:00", "04:00", "06:00", "08:00",
      ])
    #expect(ticks.map(\.context) == ["24 Nov", "", "", "", "", "", "", "25 Nov", "", "", "", ""])
    #expect(time.title == "local time, UTC+01:00")
  }

  @Test func clocksGoBack() throws {
    let time = try berlin("2025-10-25T22:00:00Z", hours: 6)
    #expect(time.title == "UTC+02:00, from 26 Oct UTC+01:00")
    let change = try Date("2025-10-26T01:00:00Z", strategy: .iso8601)
    #expect(time.spans.map(\.offset) == [7_200, 3_600] && Double(time.spans[1].start) == change.timeIntervalSince1970)
    // The hour from 02:00 is repeated.
    let ticks = time.ticks(width: 600, font: font, gap: 10)
    #expect(
      ticks.filter { $0.label.hasSuffix(":00") }.map(\.label) == ["00:00", "01:00", "02:00", "02:00", "03:00", "04:00", "05:00"])
  }

  @Test func clocksGoForward() throws {
    let time = try berlin("2025-03-29T22:00:00Z", hours: 8)
    #expect(time.title == "UTC+01:00, from 30 Mar UTC+02:00")
    let ticks = time.ticks(width: 500, font: font, gap: 10)
    #expect(ticks.map(\.label) == ["23:00", "00:00", "01:00", "03:00", "04:00", "05:00", "06:00", "07:00", "08:00"])
  }

  @Test(arguments: [30, 600, 7_200, 86_400, 432_000, 2e6, 8e6, 3.5e7, 3.5e8, 1e11] as [Double])
  func ticksStayApart(_ seconds: Double) throws {
    for width in [60.0, 200, 500, 1_000, 3_000] {
      let start = seconds == 1e11 ? -5e10 : 1_761_350_000.0
      let time = LocalTime(start...start + seconds) { Self.berlin.secondsFromGMT(for: Date(timeIntervalSince1970: max($0, 0))) }
      let ticks = time.ticks(width: width, font: font, gap: 10)
      for (left, right) in zip(ticks, ticks.dropFirst()) {
        let distance = (right.time - left.time) / seconds * width
        #expect(distance >= font.width(of: left.label) / 2 + font.width(of: right.label) / 2 + 5)
      }
      // Steps are no wider than needed, unless they are the widest there are.
      if width >= 500, seconds < 1e11 { #expect(ticks.count >= 3, "\(seconds) s in \(width)") }
    }
  }

  @Test func roundLocalTimes() throws {
    // An offset that isn't a whole hour, as in Nepal.
    let time = LocalTime(1_763_938_800...1_763_938_800 + 86_400) { _ in 20_700 }
    #expect(time.title == "local time, UTC+05:45")
    for tick in time.ticks(width: 500, font: font, gap: 10) { #expect((Int(tick.time) + 20_700) % 3_600 == 0) }
    let month = LocalTime(1_763_938_800...1_763_938_800 + 70 * 86_400) { _ in 0 }
    #expect(month.title == "UTC")
    #expect(month.ticks(width: 700, font: font, gap: 10).map(\.label).prefix(3) == ["24 Nov", "1 Dec", "8 Dec"])
    #expect(month.ticks(width: 150, font: font, gap: 10).map(\.label) == ["Dec", "Jan", "Feb"])
  }

  @Test(arguments: [0...0, -.infinity...(.infinity), 1e300...1e300] as [ClosedRange<Double>])
  func anyRange(_ range: ClosedRange<Double>) {
    let time = LocalTime(range) { _ in .max }
    #expect(time.range.upperBound > time.range.lowerBound)
    #expect(time.ticks(width: 500, font: font, gap: 10).count < 20)
  }
}
