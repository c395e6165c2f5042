import AdmissionControl
import Foundation
import Synchronization

/// Ends the program where nothing moves for half a minute, from a thread of its own: those of the tasks may be what hangs.
final class Watchdog: Sendable {
  private static let patience = 30
  private let progress = Atomic<Int>(0)
  private let limiter: Limiter

  init(_ limiter: Limiter) { self.limiter = limiter }

  func count() { progress.add(1, ordering: .relaxed) }

  func start() {
    Thread.detachNewThread { [self] in
      var (seen, idle) = (-1, 0)
      while idle < Self.patience {
        Thread.sleep(forTimeInterval: 1)
        let now = progress.load(ordering: .relaxed)
        idle = now == seen ? idle + 1 : 0
        seen = now
      }
      print("WRONG: nothing moved for \(Self.patience) s after \(seen) requests\n\(limiter.snapshot)")
      exit(1)
    }
  }
}
