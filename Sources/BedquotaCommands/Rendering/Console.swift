import Foundation
import Synchronization

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
    if !isQuiet { Self.complain(text) }
  }

  /// One line on stderr, whatever the text holds.
  static func complain(_ text: String) { standardError(printable(text) + "\n") }

  static func standardError(_ text: String) { write(text, to: STDERR_FILENO) }

  /// Names and messages come from a server: what could steer a terminal or begin a line of its own becomes a blank.
  static func printable(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var out = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { out.append(isControl(scalar) ? " " : scalar) }
    return String(out)
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 32 || (127...159).contains(scalar.value) || scalar.value == 0x2028 || scalar.value == 0x2029
  }

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
          if file == STDOUT_FILENO { complain("bedquota: the output can't be written: \(String(cString: strerror(errno))).") }
          exit(1)
        }
      }
    }
  }
}

/// A line on stderr that says how far a command is, from its second second on.
final class ProgressLine: Sendable {
  private let isOn: Bool
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let plainEvery: Duration?
  private let state: Mutex<State>

  private struct State {
    var text: String
    var isDue = false
    /// When it was shown last.
    var shown: ContinuousClock.Instant?
    var isDone = false
  }

  private init(isOn: Bool, text: String, plainEvery: Duration?) {
    self.isOn = isOn
    self.plainEvery = plainEvery
    state = Mutex(State(text: text))
  }

  /// Runs `body` beside a clock that shows the line after a second, whether or not anything has come by then.
  /// - Parameter plainEvery: how often a line is due in a file or a pipe; nil: once is enough.
  static func with<Result: Sendable>(
    _ console: Console, _ text: String, plainEvery: Duration? = nil, _ body: (ProgressLine) async throws -> Result
  ) async throws -> Result {
    let line = ProgressLine(isOn: !console.isQuiet && !console.isVerbose, text: text, plainEvery: plainEvery)
    async let _: Void = line.becomeDueInASecond()
    defer { line.finish() }
    return try await body(line)
  }

  func update(_ text: String) {
    state.withLock { state in
      state.text = text
      if state.isDue { show(&state) }
    }
  }

  private func becomeDueInASecond() async {
    // Cancelled when the work is done first.
    guard (try? await Task.sleep(for: .seconds(1))) != nil else { return }
    state.withLock { state in
      state.isDue = true
      show(&state)
    }
  }

  private func show(_ state: inout State) {
    guard isOn, !state.isDone else { return }
    if !isTerminal, let shown = state.shown {
      guard let plainEvery, shown.duration(to: .now) >= plainEvery else { return }
    }
    state.shown = .now
    Console.standardError(isTerminal ? "\r\u{1B}[K\(state.text.prefix(Self.width))" : "\(state.text)\n")
  }

  /// A line that wraps can't be erased any more.
  private static var width: Int {
    var size = winsize()
    return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 1 ? Int(size.ws_col) - 1 : 79
  }

  /// Something that stays, above the line.
  func note(_ text: String, _ console: Console) {
    state.withLock { state in
      if state.shown != nil, isTerminal, !state.isDone { Console.standardError("\r\u{1B}[K") }
      console.note(text)
    }
  }

  private func finish() {
    state.withLock { state in
      if state.shown != nil, isTerminal, !state.isDone { Console.standardError("\r\u{1B}[K") }
      state.isDone = true
    }
  }
}
