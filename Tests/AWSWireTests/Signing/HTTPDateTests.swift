import AWSWire
import Foundation
import Testing

struct HTTPDateTests {
  @Test(
    arguments: [
      ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
      ("Sat, 28 Nov 2026 23:04:04 GMT", 1_795_907_044), ("Tue, 29 Feb 2028 12:00:00 GMT", 1_835_438_400),
    ] as [(String, TimeInterval)])
  func datesOfHeaders(text: String, seconds: TimeInterval) {
    #expect(HTTPDate.parse(text)?.timeIntervalSince1970 == seconds)
    #expect(HTTPDate.format(Int(seconds)) == text)
  }

  @Test(arguments: [
    "", "GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:37 UTC",
    "Sun, 06 Nov 1994 08:49:37", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
    "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:00 GMT",
    "Sun, 06 Nov 1994 8:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT", "Sun, ٠٦ Nov 1994 08:49:37 GMT",
    "Sun, -6 Nov 1994 08:49:37 GMT",
  ])
  func anythingElseIsNone(text: String) { #expect(HTTPDate.parse(text) == nil) }
}
