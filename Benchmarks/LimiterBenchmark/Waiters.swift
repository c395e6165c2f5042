import AdmissionControl
import Foundation
import Synchronization

/// Ten thousand requests that wait at the same time.
enum Waiters {
  static let count = 10_000

  static func run() async throws {
    let limiter = Limiter(LimiterConfiguration(limits: Speed.fourMeters))
    // A few first, so that one-time allocations of the runtime aren't counted.
    limiter.setLimit(.concurrency, 1)
    try await wait(limiter, count: 100) { _ in limiter.setLimit(.concurrency, 1_000) }

    limiter.setLimit(.concurrency, 1)
    let before = residentBytes()
    let admitted = try await wait(limiter, count: count) { _ in
      show(memory: residentBytes() - before)
      limiter.setLimit(.concurrency, Int64(count) * 2)
    }
    show("all let in at once", admitted)

    limiter.setLimit(.concurrency, 1)
    show("let in one after another", try await wait(limiter, count: count) { _ in })

    limiter.setLimit(.concurrency, 1)
    show("all cancelled", try await wait(limiter, count: count) { $0.cancelAll() })
    let snapshot = limiter.snapshot
    precondition(snapshot.waiting == 0 && snapshot.counts.inFlight == 0, "something is left: \(snapshot)")
  }

  /// Lets `count` tasks wait behind one reservation, then releases them.
  /// - Returns: the time from the release until the last task is done.
  @discardableResult
  private static func wait(
    _ limiter: Limiter, count: Int, release: (borrowing ThrowingTaskGroup<Void, any Error>) -> Void
  ) async throws -> Duration {
    var holder = Optional(try await limiter.reserve(Speed.cost))
    let clock = ContinuousClock()
    return try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<count {
        group.addTask {
          do {
            let reservation = try await limiter.reserve(Speed.cost)
            reservation.settle(Speed.outcome(0))
          } catch is CancellationError {}
        }
      }
      while limiter.snapshot.waiting < count { try await Task.sleep(for: .milliseconds(1)) }
      let start = clock.now
      release(group)
      holder.take()?.settle(Speed.outcome(0))
      try await group.waitForAll()
      return clock.now - start
    }
  }

  /// Memory of tasks that each wait for a bare continuation.
  static func runBare() async {
    let parked = Parked()
    await parked.wait(count: 100) {}
    let before = residentBytes()
    await parked.wait(count: count) { show("Swift", memory: residentBytes() - before) }
  }

  private final class Parked: Sendable {
    let continuations = Mutex<[CheckedContinuation<Void, Never>]>([])

    func wait(count: Int, then measure: @Sendable () -> Void) async {
      await withDiscardingTaskGroup { group in
        for _ in 0..<count {
          group.addTask { await withCheckedContinuation { one in self.continuations.withLock { $0.append(one) } } }
        }
        while continuations.withLock({ $0.count }) < count { await Task.yield() }
        measure()
        let all = continuations.withLock { list in
          defer { list = [] }
          return list
        }
        for one in all { one.resume() }
      }
    }
  }

  private static func show(_ who: String = Speed.who, memory bytes: Int) {
    print(#"{"who":"\#(who)","what":"memory per waiter","bytes":\#(bytes / count)}"#)
  }

  private static func show(_ what: String, _ time: Duration) {
    print(#"{"who":"\#(Speed.who)","what":"\#(what)","ms":\#(String(format: "%.1f", time / .milliseconds(1)))}"#)
  }

  /// Resident memory of the process; 0 except on Linux. Freed memory is given back first: tables leave their old storage when they grow.
  private static func residentBytes() -> Int {
    if let trim = dlsym(nil, "malloc_trim") { _ = unsafeBitCast(trim, to: (@convention(c) (Int) -> CInt).self)(0) }
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
      let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    else { return 0 }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }
}
