import Foundation
import Synchronization
import UnixSignals

/// Ctrl-C during work that should end in order: the first one asks for an end, the second one ends the process.
enum Interruption {
  /// Runs `work` and calls `stop` at the first Ctrl-C, after which `work` should end by itself.
  /// - Returns: the answer, and whether Ctrl-C was pressed.
  static func handling<Answer: Sendable>(
    stop: @escaping @Sendable () -> Void, _ work: () async throws -> Answer
  ) async rethrows -> (answer: Answer, wasInterrupted: Bool) {
    let presses = Mutex(0)
    async let _: Void = {
      for await _ in await UnixSignalsSequence(trapping: .sigint) {
        let press = presses.withLock { presses in
          presses += 1
          return presses
        }
        guard press == 1 else { _exit(130) }
        stop()
      }
    }()
    let answer = try await work()
    return (answer, presses.withLock { $0 } > 0)
  }
}
