import Testing

@testable import BedquotaCommands

struct CommandArgumentsTests {
  @Test(arguments: [
    (["bedquota", "list", "--scope", "a\nb"], "The value 'a\nb' is invalid.\nUsage: x", "The value 'a b' is invalid.\nUsage: x"),
    (["bedquota", "list", "--scope=a\u{1B}[2J"], "The value 'a\u{1B}[2J' is invalid.", "The value 'a [2J' is invalid."),
    (["bedquota", "list", "", "plain"], "Unexpected argument 'plain'\nUsage: x", "Unexpected argument 'plain'\nUsage: x"),
  ])
  func quotedArgumentsAreCleaned(arguments: [String], message: String, shown: String) {
    #expect(CommandArguments.printable(in: message, arguments: arguments) == shown)
  }
}
