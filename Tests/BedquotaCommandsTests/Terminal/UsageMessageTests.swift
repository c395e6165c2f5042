import ArgumentParser
import Testing

@testable import BedquotaCommands

/// The parser's own messages, so that another version of it that words them otherwise is noticed.
struct UsageMessageTests {
  private func message(_ arguments: [String]) throws -> String {
    let error = #expect(throws: (any Error).self) {
      _ = try BedquotaCommand.parseAsRoot(CommandArguments.joiningNegativeNumbers(arguments))
    }
    let message = BedquotaCommand.fullMessage(for: try #require(error), columns: 80)
    return String(UsageMessage(arguments: arguments).improved(message).prefix { $0 != "\n" })
  }

  @Test(arguments: [
    (["lst"], "Error: There is no command 'lst'. Did you mean 'list'?"),
    (["frobnicate", "a"], "Error: There is no command 'frobnicate'."),
    (["list", "--query", "x"], "Error: Unknown option '--query'. Did you mean '--output json | jq'?"),
    (
      ["list", "--hours", "3"],
      "Error: Unknown option '--hours'. It is an option of capacity, usage, dashboard, check, increase plan, increase request, not of list."
    ),
    (
      ["increase", "status", "--sns-topic", "x"],
      "Error: Unknown option '--sns-topic'. It is an option of alarms plan, alarms apply, not of increase status."
    ),
    (
      ["alarms", "apply", "--dry-run"],
      "Error: Unknown option '--dry-run'. Use alarms plan, which only shows what would be done."
    ),
    (["alarms", "plan", "--sns-topik", "x"], "Error: Unknown option '--sns-topik'. Did you mean '--sns-topic'?"),
    (["alarms", "aply"], "Error: Unexpected argument 'aply'. Did you mean 'alarms apply'?"),
    (
      ["increase", "us.amazon.nova-pro-v1:0"],
      "Error: Unexpected argument 'us.amazon.nova-pro-v1:0'. After increase stands plan, request, status."
    ),
    (["list", "--frobnicate"], "Error: Unknown option '--frobnicate'."),
    (["--region", "us-east-1", "list"], "Error: Unknown option '--region'. It stands after a command: "),
    (["list", "nova"], "Error: Unexpected argument 'nova'. Did you mean '--search nova'?"),
    (
      ["invoke", "amazon.nova-pro-v1:0", "Who", "are", "you"],
      "Error: 2 unexpected arguments: 'are', 'you'. Put a prompt of several words in quotes."
    ),
    (
      ["list", "--search", "-x"],
      "Error: Missing value for '--search <text>'. A value that begins with a hyphen is written --search=-x"
    ),
    (["list", "--search", "--quiet"], "Error: Missing value for '--search <text>'"),
    (["list", "--search"], "Error: Missing value for '--search <text>'"),
    (
      ["usage", "amazon.nova-pro-v1:0", "--hours", "-1"],
      "Error: Hours must be above 0 and at most 10920, CloudWatch's retention (--hours)."
    ),
    (["check", "--warn", "-.5"], "Error: --warn and --critical take percents above 0."),
    (
      ["probe", "amazon.nova-pro-v1:0", "--measure", "tpd"],
      "Error: The value 'tpd' is invalid for '--measure <name>'. Please provide one of 'rpm', 'tpm', 'concurrent' or 'reservation'."
    ),
    (
      ["invoke", "amazon.nova-pro-v1:0", "hi", "--output", "csv"],
      "Error: --output csv is for tables, and invoke prints none: it takes table or json."
    ),
  ])
  func theFirstLineSaysWhatToDo(arguments: [String], line: String) throws { #expect(try message(arguments).hasPrefix(line)) }

  @Test(arguments: [(["help", "lst"], true), (["help", "list"], false), (["help"], false), (["help", "--help"], false)])
  func helpOnWhatIsNoCommand(arguments: [String], isWrong: Bool) {
    #expect((UsageMessage(arguments: arguments).aboutHelp != nil) == isWrong)
  }

  @Test(arguments: [
    (["usage", "--hours", "-1"], ["usage", "--hours=-1"]), (["usage", "--hours=2", "-1"], ["usage", "--hours=2", "-1"]),
    (["a", "--", "--b", "-1"], ["a", "--", "--b", "-1"]), (["--warn", "-.5", "-x"], ["--warn=-.5", "-x"]), (["-1"], ["-1"]),
    (["invoke", "id", "-"], ["invoke", "id", "-"]),
  ])
  func negativeNumbersAreValues(arguments: [String], joined: [String]) {
    #expect(CommandArguments.joiningNegativeNumbers(arguments) == joined)
  }
}
