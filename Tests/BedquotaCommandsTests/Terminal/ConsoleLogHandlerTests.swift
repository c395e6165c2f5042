import Testing

@testable import BedquotaCommands

struct ConsoleLogHandlerTests {
  @Test func warningsReadLikeOtherMessages() {
    #expect(ConsoleLogHandler.text("It rains.", [:]) == "bedquota: Warning: It rains.")
    #expect(
      ConsoleLogHandler.text("It rains.", ["where": "here", "amount": "3 mm"])
        == "bedquota: Warning: It rains. (amount: 3 mm, where: here)")
  }
}
