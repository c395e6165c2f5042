import Foundation

enum Stopwatch {
  static let operations = 400_000
  static let repetitions = 5

  /// Prints the nanoseconds per operation of each repetition: its wall time ÷ the operations of all threads. The first repetition
  /// warms up and is not printed.
  /// - Parameter work: does as many operations as its argument says.
  static func measure(_ who: String, _ what: String, threads: Int, _ work: @escaping @Sendable (Int) -> Void) {
    let each = operations / threads
    let times = (0...repetitions).map { _ in nanoseconds(threads: threads) { work(each) } / Double(each * threads) }
    let list = times.dropFirst().map { String(format: "%.2f", $0) }.joined(separator: ",")
    print(#"{"who":"\#(who)","what":"\#(what)","threads":\#(threads),"ns":[\#(list)]}"#)
  }

  /// The time from when all threads are ready until the last is done.
  private static func nanoseconds(threads: Int, _ work: @escaping @Sendable () -> Void) -> Double {
    let ready = DispatchSemaphore(value: 0)
    let start = DispatchSemaphore(value: 0)
    let done = DispatchSemaphore(value: 0)
    for _ in 0..<threads {
      Thread {
        ready.signal()
        start.wait()
        work()
        done.signal()
      }.start()
    }
    for _ in 0..<threads { ready.wait() }
    let elapsed = ContinuousClock().measure {
      for _ in 0..<threads { start.signal() }
      for _ in 0..<threads { done.wait() }
    }
    return elapsed / .nanoseconds(1)
  }
}
