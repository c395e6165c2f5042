import Foundation
import Reports

/// Writes a command's output: data to stdout, everything else to stderr.
struct Console: Sendable {
  /// Whether notes and progress are left out; failures are still printed.
  var isQuiet = false
  var usesColor = false
  /// Whether a log is written to stderr, which a progress line would disturb.
  var isVerbose = false

  /// - Parameter noColor: the user's choice; `NO_COLOR`, dumb terminals and pipes also turn colors off.
  init(isQuiet: Bool, isVerbose: Bool = false, noColor: Bool, environment: [String: String]) {
    self.isQuiet = isQuiet
    self.isVerbose = isVerbose
    usesColor = !noColor && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb" && isatty(STDOUT_FILENO) == 1
  }

  /// Prints data, with a newline at the end.
  func print(_ text: String) { Self.write(text.hasSuffix("\n") ? text : text + "\n", to: STDOUT_FILENO) }

  /// Prints a part of the data, without adding a newline.
  func print(part text: String) { Self.write(text, to: STDOUT_FILENO) }

  /// Prints a note, which is not data, to stderr.
  func note(_ text: String) {
    if !isQuiet { Self.printError(text) }
  }

  /// Prints one line to stderr; control characters in the text become blanks.
  static func printError(_ text: String) { standardError(text.printable + "\n") }

  static func standardError(_ text: String) { write(text, to: STDERR_FILENO) }

  private static func write(_ text: String, to file: Int32) {
    var text = text
    text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        let count = Foundation.write(file, rest.baseAddress, rest.count)
        if count > 0 {
          rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        } else if errno == EINTR || errno == EAGAIN {
          continue
        } else {
          // The reader went away (`bedquota list | head`): there is nobody to tell and nothing left to do.
          if errno == EPIPE { exit(0) }
          if file == STDOUT_FILENO { printError("bedquota: the output can't be written: \(String(cString: strerror(errno))).") }
          exit(1)
        }
      }
    }
  }
}
