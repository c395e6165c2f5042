import Foundation
import Testing

@testable import Reports

struct LocalTimeTests {
  @Test(arguments: [
    (0, "UTC", "2026-11-24 10:00"), (3_600, "UTC+01:00", "2026-11-24 11:00"), (-12_600, "UTC-03:30", "2026-11-24 06:30"),
  ])
  func timesAreLocal(offset: Int, name: String, minute: String) throws {
    let time = LocalTime(zone: try #require(TimeZone(secondsFromGMT: offset)))
    #expect(time.zoneName(at: 1_795_514_400) == name && time.minute(1_795_514_400) == minute)
    #expect(time.clock(1_795_514_400) == minute.suffix(5))
  }
}
