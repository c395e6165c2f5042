import AWSWire
import Foundation
import Testing

struct AWSDateTests {
  @Test(arguments: [
    (0.0, "19700101T000000Z"), (1_440_938_160, "20150830T123600Z"), (951_782_400, "20000229T000000Z"),
    (4_102_444_799, "20991231T235959Z"), (-1, "19691231T235959Z"), (0.999, "19700101T000000Z"),
  ])
  func spelled(seconds: Double, text: String) { #expect(AWSDate.basic(Date(timeIntervalSince1970: seconds)) == text) }

  @Test func everyDayOfFourCenturiesComesBack() {
    for day in stride(from: 0, to: 146_097, by: 1) {
      let date = Date(timeIntervalSince1970: Double(day) * 86_400 + 43_210)
      #expect(AWSDate.parseBasic(AWSDate.basic(date)) == date)
    }
  }

  @Test(arguments: ["", "20150830T123600", "20150230T000000Z", "20151301T000000Z", "2015083OT123600Z", "20150830T250000Z"])
  func otherTextIsNoDate(text: String) { #expect(AWSDate.parseBasic(text) == nil) }
}
