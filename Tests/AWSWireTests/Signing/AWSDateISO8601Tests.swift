import AWSWire
import Foundation
import Testing

struct AWSDateISO8601Tests {
  @Test(arguments: [
    "2026-01-31T12:00:00Z", "2026-01-31T12:00:00UTC", "2026-01-31T12:00:00", "2026-01-31 12:00:00+00:00",
    "2026-01-31T14:00:00+02:00",
    "2026-01-31T06:30:00-0530", "2026-01-31t12:00:00z", "2026-01-31T12:00:00.0Z",
  ])
  func oneMomentInItsSpellings(text: String) {
    #expect(AWSDate.parseISO8601(text) == Date(timeIntervalSince1970: 1_769_860_800))
  }

  @Test func fractions() {
    #expect(AWSDate.parseISO8601("1970-01-01T00:00:01.25Z") == Date(timeIntervalSince1970: 1.25))
  }

  @Test(arguments: [
    "", "soon", "2026-02-30T00:00:00Z", "2026-01-31", "2026-01-31T25:00:00Z", "2026-01-31T12:00:00ZZ", "1769860800",
    "2026-01-31T12:00:00+2",
    "2026-01-31T12:00:00Z\n",
  ])
  func whatIsNoTime(text: String) {
    #expect(AWSDate.parseISO8601(text) == nil)
  }
}
