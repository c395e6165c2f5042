import AWSWire
import Foundation
import Testing

struct AWSDateISO8601Tests {
  @Test(arguments: [
    ("2026-11-29T05:42:00Z", 1_795_930_920), ("2026-11-29T05:42:00UTC", 1_795_930_920),
    ("2026-11-29T05:42:00.5Z", 1_795_930_920.5),
    ("2026-11-29T07:42:00+02:00", 1_795_930_920), ("2026-11-28T21:42:00-0800", 1_795_930_920),
    ("2026-11-29 05:42:00", 1_795_930_920), ("1970-01-01T00:00:00Z", 0),
  ])
  func dates(text: String, seconds: Double) {
    #expect(AWSDate.parseISO8601(text) == Date(timeIntervalSince1970: seconds))
  }

  @Test(arguments: [
    "", "soon", "2026-11-29", "2026-02-30T00:00:00Z", "2026-11-29T25:00:00Z", "2026-11-29T05:42:00Zulu", "1795930920",
    "2026-11-29T05:42:00Z" + String(repeating: " ", count: 100),
  ])
  func whatIsNoDate(text: String) { #expect(AWSDate.parseISO8601(text) == nil) }
}
