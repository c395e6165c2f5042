import Foundation
import UnixSignals

/// Ctrl-C during work that should end in order: the first one asks for an end, the second one ends the process.
enum Interruption {
  /// Runs `work` and calls `stop` at the first Ctrl-C, after which `work` should end by itself.
  /// - Returns: the answer, and whether Ctrl-C was pressed.
  static func handling<Answer: Sendable>(
    stop: @escaping @Sendable () -> Void, _ work: () async throws -> Answer
  ) async rethrows -> (answer: Answer, wasInterrupted: Bool) {
    let presses = Counter()
    async let _: Void = {
      for await _ in await UnixSignalsSequence(trapping: .sigint) {
        guard presses.next() == 1 else { _exit(130) }
        stop()
      }
    }()
    let answer = try await work()
    return (answer, presses.value > 0)
  }
}
