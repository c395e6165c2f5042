import Foundation
import Testing

@testable import Bedquota

@Suite struct ClockReadingTests {
  private static let date = Date(timeIntervalSince1970: 1_800_000_000)

  /// - Parameters:
  ///   - sent: after the `Date` of the reply, in seconds.
  ///   - took: from the request to the reply.
  private static func reading(sent: Double, took: Double = 0) -> ClockReading {
    ClockReading(date: date, sent: date + sent, received: date + sent + took)
  }

  @Test func theSecondThatADateIsRoundedToSaysNothing() {
    #expect(Self.reading(sent: 0.9).seconds == 0)
    #expect(Self.reading(sent: 1.5).seconds == 0.5)
    #expect(Self.reading(sent: -0.5).seconds == -0.5)
  }

  @Test func neitherDoesTheWayOfTheRequest() {
    // The server looked at its clock at any time of the four seconds.
    #expect(Self.reading(sent: -3, took: 4).seconds == 0)
    #expect(Self.reading(sent: -60, took: 4).seconds == -56)
    #expect(Self.reading(sent: 60, took: 4).seconds == 59)
  }

  @Test(arguments: [
    (29.0, "ok", "within 30 seconds of AWS's"),
    (91.0, "warning", "90 seconds ahead of AWS's; from 5 minutes on, AWS refuses signatures"),
    (-240.0, "warning", "4 minutes behind AWS's; from 5 minutes on, AWS refuses signatures"),
    (3_601.0, "failed", "60 minutes ahead of AWS's, which refuses such signatures; set the clock"),
    (-300.0, "failed", "5 minutes behind AWS's, which refuses such signatures; set the clock"),
  ])
  func whatItMeans(sent: Double, finding: String, text: String) {
    let check = Self.reading(sent: sent).check
    #expect(check == DiagnosisCheck("clock", DiagnosisCheck.Finding(rawValue: finding) ?? .unchecked, text))
  }
}
