import Foundation
import Reports

/// Where a command's words go: data to stdout, everything else to stderr.
struct Console: Sendable {
  /// No notes and no progress; failures are still said.
  var isQuiet = false
  var usesColor = false
  /// Whether a log runs on stderr, which a progress line would only cut into.
  var isVerbose = false

  /// - Parameter noColor: what the user said; `NO_COLOR` and pipes count as well.
  init(isQuiet: Bool, isVerbose: Bool = false, noColor: Bool, environment: [String: String]) {
    self.isQuiet = isQuiet
    self.isVerbose = isVerbose
    usesColor = !noColor && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb" && isatty(STDOUT_FILENO) == 1
  }

  /// Data.
  func print(_ text: String) { Self.write(text.hasSuffix("\n") ? text : text + "\n", to: STDOUT_FILENO) }

  /// A part of it: no line ends here but those of the text.
  func print(part text: String) { Self.write(text, to: STDOUT_FILENO) }

  /// Something worth knowing that is not data.
  func note(_ text: String) {
    if !isQuiet { Self.printError(text) }
  }

  /// One line on stderr, whatever the text holds.
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
