import Foundation
import Reports

/// Writes a command's output: data to stdout, everything else to stderr.
struct Console: Sendable {
  /// Whether notes and progress are left out; failures are still printed.
  var isQuiet = false
  var usesColor = false
  /// Whether a log is written to stderr, which a progress line would disturb.
  var isVerbose = false
  /// Whether stdout is a terminal, which control sequences in a reply could steer.
  var isTerminal = isatty(STDOUT_FILENO) == 1

  /// - Parameter noColor: the user's choice; `NO_COLOR`, dumb terminals and pipes also turn colors off.
  init(isQuiet: Bool, isVerbose: Bool = false, noColor: Bool, environment: [String: String]) {
    self.isQuiet = isQuiet
    self.isVerbose = isVerbose
    usesColor = !noColor && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb" && isTerminal
  }

  /// Prints data, with a newline at the end.
  func print(_ text: String) { Self.write(text.hasSuffix("\n") ? text : text + "\n", to: STDOUT_FILENO) }

  /// Prints text for people, wrapped to the terminal.
  func print(prose text: String) { print(Self.wrapped(text, to: TerminalWidth.of(STDOUT_FILENO))) }

  /// Prints a part of the data, without adding a newline.
  func print(part text: String) { Self.write(text, to: STDOUT_FILENO) }

  /// How a model's reply is wrapped: not at all into a file or a pipe.
  var replyWrapping: ReplyWrapping { ReplyWrapping(width: isTerminal ? TerminalWidth.of(STDOUT_FILENO) : nil) }

  /// Prints a part of a model's reply: as it is into a file or a pipe; wrapped, and without what could steer it, on a terminal.
  func print(reply text: String, _ wrapping: inout ReplyWrapping) {
    print(part: wrapping.add(isTerminal ? text.printableLines : text))
  }

  /// Prints a note, which is not data, to stderr.
  func note(_ text: String) {
    if !isQuiet { Self.printError(text) }
  }

  /// The same of several lines.
  func note(lines: String) {
    if !isQuiet { Self.printErrors(lines) }
  }

  /// Prints one line to stderr, wrapped if it is a terminal; control characters in the text become blanks.
  static func printError(_ text: String) { printErrors(text.shortened(to: 4_000)) }

  /// Prints one line to stderr unless that would wait for its reader, because the process is about to end.
  static func lastWords(_ text: String) {
    var state = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
    guard poll(&state, 1, 0) == 1, state.revents & Int16(POLLOUT) != 0 else { return }
    printError(text)
  }

  static func standardError(_ text: String) { write(text, to: STDERR_FILENO) }

  /// Prints lines to stderr, wrapped if it is a terminal; control characters in them become blanks.
  static func printErrors(_ lines: String) {
    let text = wrapped(lines.printableLines, to: TerminalWidth.of(STDERR_FILENO))
    standardError(text + (text.hasSuffix("\n") ? "" : "\n"))
  }

  /// Each line of a text on as many lines as it needs.
  static func wrapped(_ text: String, to width: Int?) -> String {
    guard let width else { return text }
    return text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line in
      TerminalLine("\(String(line))").wrapped(to: width).map { $0.text(usesColor: false) }
    }.joined(separator: "\n")
  }

  /// Writes text. If stdout can't be written, the process ends.
  static func write(_ text: String, to file: Int32) {
    var text = text
    let code = text.withUTF8 { DescriptorWriter.write(UnsafeRawBufferPointer($0), to: file) }
    // Notes are no reason to end work that may have been paid for.
    guard code != 0, file == STDOUT_FILENO else { return }
    // The reader went away (`bedquota list | head`): there is nobody to tell and nothing left to do but the exit code of a check.
    if code == EPIPE {
      if MonitoringPlugin.isRunning { return }
      exit(0)
    }
    printError("bedquota: the output can't be written: \(WriteMethod.Refusal.words(code)).")
    exit(MonitoringPlugin.failureCode)
  }
}
