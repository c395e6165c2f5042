import Foundation

/// A program that shows text a screen at a time, on a terminal.
///
/// As with the AWS CLI, `AWS_PAGER` names it, else `PAGER`, and an empty one turns it off
/// (docs.aws.amazon.com/cli/latest/userguide/cli-usage-pagination.html). Unlike there, none is used where neither is set: the tables
/// fit the terminal.
struct Pager {
  /// A command line for the shell.
  let command: String

  /// nil if none is wanted, or stdout is no terminal.
  init?(isTerminal: Bool, environment: [String: String]) {
    let command = (environment["AWS_PAGER"] ?? environment["PAGER"] ?? "").trimmingCharacters(in: .whitespaces)
    guard isTerminal, !command.isEmpty, command != "cat", environment["TERM"] != "dumb" else { return nil }
    self.command = command
  }

  /// Shows text, and returns when the user has left it.
  /// - Returns: false if nothing was shown, because the command could not be started.
  func show(_ text: String) -> Bool {
    // As the AWS CLI and git do it: a text that fits the screen is printed, and colors stay.
    setenv("LESS", "FRX", 0)
    guard let pipe = popen(command, "w") else { return false }
    // Ctrl-C is the pager's for that time; it would be left alone with the terminal otherwise.
    let handler = signal(SIGINT, SIG_IGN)
    defer { signal(SIGINT, handler) }
    var text = text
    // A user who leaves before the end closes the pipe, which is no failure.
    _ = text.withUTF8 { fwrite($0.baseAddress, 1, $0.count, pipe) }
    let status = pclose(pipe)
    // 126 and 127 are the shell's words for a command that it can't run.
    return status != 126 << 8 && status != 127 << 8
  }
}
