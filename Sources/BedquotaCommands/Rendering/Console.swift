import Foundation
import Synchronization

/// Where a command's words go: data to stdout, everything else to stderr.
struct Console: Sendable {
  /// No notes and no progress; failures are still said.
  var isQuiet = false
  var usesColor = false

  /// - Parameter noColor: what the user said; `NO_COLOR` and pipes count as well.
  init(isQuiet: Bool, noColor: Bool, environment: [String: String]) {
    self.isQuiet = isQuiet
    usesColor = !noColor && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb" && isatty(STDOUT_FILENO) == 1
  }

  /// Data.
  func print(_ text: String) { Self.write(text.hasSuffix("\n") ? text : text + "\n", to: STDOUT_FILENO) }

  /// Something worth knowing that is not data.
  func note(_ text: String) {
    if !isQuiet { Self.standardError(text + "\n") }
  }

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
          exit(errno == EPIPE ? 0 : 1)
        }
      }
    }
  }
}

/// A line on stderr that says how far a listing is, from its second second on.
final class ProgressLine: Sendable {
  private let isOn: Bool
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let start = ContinuousClock.now
  private let state = Mutex((shown: false, done: false))

  init(_ console: Console) { isOn = !console.isQuiet }

  func update(_ text: @autoclosure () -> String) {
    guard isOn, ContinuousClock.now - start > .seconds(1) else { return }
    let text = text()
    state.withLock { state in
      guard !state.done, isTerminal || !state.shown else { return }
      state.shown = true
      Console.standardError(isTerminal ? "\r\u{1B}[K\(text)" : "\(text)\n")
    }
  }

  func finish() {
    state.withLock { state in
      if state.shown, isTerminal, !state.done { Console.standardError("\r\u{1B}[K") }
      state.done = true
    }
  }
}
