import Foundation
import Reports
import Synchronization

/// A line on stderr that shows how far a command is, from one second after its start.
final class ProgressLine: Sendable {
  private let isOn: Bool
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let plainEvery: Duration?
  private let state: Mutex<State>

  private struct State {
    var text: String
    var isDue = false
    /// When the line was last shown.
    var shown: ContinuousClock.Instant?
    var isDone = false
  }

  private init(isOn: Bool, text: String, plainEvery: Duration?) {
    self.isOn = isOn
    self.plainEvery = plainEvery
    state = Mutex(State(text: text))
  }

  /// Runs `body`, and shows the line once a second has passed.
  /// - Parameter plainEvery: the least time between two lines that are printed to a file or a pipe; nil: only one line is
  ///   printed.
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
    // Cancelled if the work ends first.
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
    let text = state.text.printable
    Console.standardError(isTerminal ? "\r\u{1B}[K\(text.prefix(columns: Self.width))" : "\(text)\n")
  }

  /// Columns of the terminal, less one: a line that wraps can't be erased.
  private static var width: Int { TerminalWidth.of(STDERR_FILENO).map { $0 - 1 } ?? 79 }

  /// Prints a note that stays, above the line.
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
