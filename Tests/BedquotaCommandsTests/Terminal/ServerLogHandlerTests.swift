import Foundation
import Testing

@testable import BedquotaCommands

struct ServerLogHandlerTests {
  @Test func aLineHasTimeLevelMessageAndValues() {
    let date = Date(timeIntervalSince1970: 1_796_040_000)
    #expect(ServerLogHandler.text("notice", "It rains.", [:], at: date) == "2026-11-30T12:00:00Z notice: It rains.")
    #expect(
      ServerLogHandler.text("error", "It rains.", ["where": "here", "amount": "3 mm"], at: date)
        == "2026-11-30T12:00:00Z error: It rains. (amount: 3 mm, where: here)")
  }
}
