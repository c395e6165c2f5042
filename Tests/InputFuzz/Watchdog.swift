import Foundation
import Synchronization

/// Says which trial trapped or hangs.
enum Watchdog {
  /// The longest that one trial may take: of the processor, and of the clock, where it waits for something. On a busy machine, a
  /// second of work may take many.
  private static let (workSecondsMax, secondsMax) = (20.0, 180.0)
  private static let bytesMax = 256

  private struct State {
    var name = ""
    var since: ContinuousClock.Instant?
    /// The processor's time of this process at that moment.
    var work = 0.0
  }

  private static var work: Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

  private static let state = Mutex(State())
  /// The name of the trial for the signal handler, which may take no lock and no memory.
  nonisolated(unsafe) private static let name = UnsafeMutablePointer<UInt8>.allocate(capacity: bytesMax)

  static func start() {
    name.initialize(repeating: 0, count: bytesMax)
    for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT] {
      signal(number) { number in
        _ = write(STDERR_FILENO, Watchdog.name, strlen(UnsafePointer<CChar>(OpaquePointer(Watchdog.name))))
        signal(number, SIG_DFL)
        raise(number)
      }
    }
    Thread.detachNewThread {
      while true {
        Thread.sleep(forTimeInterval: 1)
        let (name, since, start) = state.withLock { ($0.name, $0.since, $0.work) }
        guard let since, work - start > workSecondsMax || (ContinuousClock.now - since) / .seconds(1) > secondsMax else {
          continue
        }
        FileHandle.standardError.write(Data("HANGS: \(name)\n".utf8))
        exit(1)
      }
    }
  }

  static func begin(_ trial: String) {
    state.withLock { $0 = State(name: trial, since: .now, work: work) }
    let text = Array("TRAP: \(trial)\n".utf8.prefix(bytesMax - 1)) + [0]
    for (index, byte) in text.enumerated() { name[index] = byte }
  }

  static func end() { state.withLock { $0.since = nil } }
}
