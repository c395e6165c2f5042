import Foundation
import Synchronization
import UnixSignals

/// Ctrl-C, SIGTERM or SIGHUP during work that should end in order: the first one asks for an end, the second one ends the
/// process.
enum Interruption {
  /// A signal that asks the process to end.
  enum Signal: Sendable {
    /// SIGINT, Ctrl-C's signal.
    case interrupt
    /// SIGTERM, as service managers and `kill` send it.
    case terminate
    /// SIGHUP: the terminal was closed.
    case hangUp

    /// What a shell reports for a process that the signal ended: 128 and the signal's number.
    var exitCode: Int32 {
      switch self {
      case .interrupt: 130
      case .terminate: 143
      case .hangUp: 129
      }
    }

    fileprivate init(_ signal: UnixSignal) { self = signal == .sigterm ? .terminate : signal == .sighup ? .hangUp : .interrupt }
  }

  /// The signals that are handled. `nohup` ignores SIGHUP, and that must hold.
  private static var signals: [UnixSignal] {
    var action = sigaction()
    sigaction(SIGHUP, nil, &action)
    #if canImport(Darwin)
      let handler = action.__sigaction_u.__sa_handler
    #else
      let handler = action.__sigaction_handler.sa_handler
    #endif
    let isIgnored = unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    return [.sigint, .sigterm] + (isIgnored ? [] : [.sighup])
  }

  /// Runs `work`. The first signal ends the process, after a line that says what may have been done by then.
  static func ending<Answer: Sendable>(saying words: @escaping @Sendable () -> String, _ work: () async throws -> Answer)
    async rethrows -> Answer
  {
    // Before the work begins, so that no signal is missed.
    let arriving = await UnixSignalsSequence(trapping: signals)
    async let _: Void = {
      for await signal in arriving {
        // The line of progress, or the terminal's "^C", stands there.
        if isatty(STDERR_FILENO) == 1 { Console.lastWords("") }
        Console.lastWords("bedquota: \(words())")
        _exit(Signal(signal).exitCode)
      }
    }()
    return try await work()
  }

  /// Runs `work` and calls `stop` at the first signal, after which `work` should end by itself. At the second one the process ends.
  /// - Parameter loss: what is lost if the process ends now, in a sentence; nil if nothing is.
  /// - Returns: the answer, and the first signal; nil if there was none.
  static func handling<Answer: Sendable>(
    stop: @escaping @Sendable () -> Void, loss: @escaping @Sendable () -> String? = { nil }, _ work: () async throws -> Answer
  ) async rethrows -> (answer: Answer, signal: Signal?) {
    let first = Mutex<Signal?>(nil)
    let arriving = await UnixSignalsSequence(trapping: signals)
    async let _: Void = {
      for await unixSignal in arriving {
        let signal = Signal(unixSignal)
        let isFirst = first.withLock { first in
          defer { first = first ?? signal }
          return first == nil
        }
        // The kernel and the shell both send one when a terminal is closed.
        guard isFirst || signal != .hangUp else { continue }
        guard isFirst else {
          if let loss = loss() { Console.lastWords(loss) }
          _exit(signal.exitCode)
        }
        stop()
      }
    }()
    let answer = try await work()
    return (answer, first.withLock { $0 })
  }
}
