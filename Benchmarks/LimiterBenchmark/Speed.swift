import AdmissionControl
import Foundation
import Synchronization

/// The synchronous path, with limits that are never reached.
enum Speed {
  static let who = "Bedquota"
  static let many: Int64 = 1_000_000_000_000
  static let oneMeter = [Limit(.tokensPerMinute, many)]
  static let fourMeters = [
    Limit(.requestsPerMinute, many), Limit(.tokensPerMinute, many), Limit(.tokensPerDay, many), Limit(.concurrency, 1_000_000),
  ]
  static let cost = Cost(input: 200, maxTokens: 800)
  /// A final cost that varies from request to request.
  static func outcome(_ turn: Int) -> Outcome { .completed(Amounts(tokens: Int64(300 + (turn & 3) * 66))) }

  static func run() {
    Stopwatch.measure("Swift", "ContinuousClock.now", threads: 1) { count in
      var last = ContinuousClock.now
      for _ in 0..<count { last = max(last, .now) }
      precondition(last <= .now)
    }
    for threads in [1, 2, 4] {
      twoLocks(threads: threads)
      limiter("check + settle, 1 meter", oneMeter, threads: threads)
      limiter("check + settle, 4 meters", fourMeters, threads: threads)
    }
  }

  private static func limiter(_ what: String, _ limits: [Limit], threads: Int) {
    let limiter = Limiter(LimiterConfiguration(limits: limits))
    Stopwatch.measure(who, what, threads: threads) { count in
      for turn in 0..<count {
        guard let reservation = try? limiter.tryReserve(cost) else { fatalError("a limit that is never reached was reached") }
        reservation.settle(outcome(turn))
      }
    }
  }

  /// The cost of two locks, one for admission and one for settlement, with nothing inside.
  private static func twoLocks(threads: Int) {
    let counter = Counter()
    Stopwatch.measure("Swift", "Mutex taken twice", threads: threads) { count in
      for _ in 0..<count {
        counter.value.withLock { $0 += 1 }
        counter.value.withLock { $0 -= 1 }
      }
    }
  }

  private final class Counter: Sendable {
    let value = Mutex(0)
  }
}
