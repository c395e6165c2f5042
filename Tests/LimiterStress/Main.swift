import AdmissionControl
import AdmissionSimulation
import Foundation

/// Eight tasks that use one limiter in every way at once, beside one that changes its limits. `scripts/stress-limiter` runs it under
/// the thread sanitizer. Exits 1 where anything is left at the end, the counts don't add up, or nothing moves for 30 s.
@main
struct LimiterStress {
  static let tasks = 8

  static func main() async {
    let options = parse(CommandLine.arguments.dropFirst())
    print("limiter-stress --count \(options.count) --seed \(options.seed)")
    let limiter = Limiter(Self.configuration)
    let watchdog = Watchdog(limiter)
    watchdog.start()
    let clock = ContinuousClock()
    let start = clock.now

    let op = Operator(limiter, seed: options.seed)
    let changes = Task { await op.run() }
    let tally = await withTaskGroup(of: Tally.self) { group in
      for number in 1...tasks {
        let worker = Worker(limiter, random: Random(seed: options.seed &+ UInt64(number) &* 0x1_0000_0000), watchdog: watchdog)
        group.addTask { await worker.run(options.count) }
      }
      var sum = Tally()
      for await tally in group { sum.add(tally) }
      return sum
    }
    changes.cancel()
    let changed = await changes.value

    var complaints = tally.compare(with: limiter.snapshot, asked: tasks * options.count)
    complaints += await drained(limiter)
    let seconds = String(format: "%.1f", (clock.now - start) / .seconds(1))
    print("\(tally)\n\(changed) changes of limits, \(seconds) s")
    for complaint in complaints { print("WRONG: \(complaint)") }
    exit(complaints.isEmpty ? 0 : 1)
  }

  static var configuration: LimiterConfiguration {
    var configuration = LimiterConfiguration(limits: [
      Limit(.requestsPerMinute, Operator.plentyOfRequests), Limit(.tokensPerMinute, Operator.plentyOfTokens),
      Limit(.tokensPerDay, Operator.plentyOfTokens), Limit(.concurrency, 4),
    ])
    configuration.burst = .milliseconds(10)
    configuration.tenantWeights = [1: 3, 2: 0.5]
    configuration.retriesPerSecond = 1e6
    return configuration
  }

  /// Draining ends when the last waiter is cancelled, and no request is admitted afterwards.
  private static func drained(_ limiter: Limiter) async -> [String] {
    limiter.setLimit(.tokensPerMinute, Amounts.tokensMax)
    let cost = Cost(input: 1, maxTokens: 1)
    while true {
      // A minute's tokens at once: later requests wait for the refill, and none is in flight that could end.
      guard let reservation = try? limiter.tryReserve(cost) else { break }
      reservation.settle(used: Amounts(tokens: Amounts.tokensMax))
    }
    let waiters = (0..<tasks).map { _ in Task { _ = try await limiter.reserve(cost) } }
    while limiter.snapshot.waiting < tasks { await Task.yield() }
    let drain = Task { await limiter.drain() }
    while !limiter.snapshot.isDraining { await Task.yield() }
    for waiter in waiters { waiter.cancel() }
    await drain.value
    do {
      let reservation = try limiter.tryReserve(cost)
      return ["after drain a request was \(reservation == nil ? "told to wait" : "let in")"]
    } catch {
      return error.code == .draining ? [] : ["after drain a request was refused with: \(error)"]
    }
  }

  private static func parse(_ arguments: ArraySlice<String>) -> (count: Int, seed: UInt64) {
    var options: (count: Int, seed: UInt64) = (100_000, UInt64.random(in: 0..<1_000_000))
    var rest = arguments
    while let name = rest.popFirst() {
      switch (name, rest.popFirst()) {
      case ("--count", let text?) where Int(text).map { $0 > 0 } == true: options.count = Int(text)!
      case ("--seed", let text?) where UInt64(text) != nil: options.seed = UInt64(text)!
      default:
        FileHandle.standardError.write(Data("usage: limiter-stress [--count RESERVATIONS OF EACH TASK] [--seed NUMBER]\n".utf8))
        exit(64)
      }
    }
    return options
  }
}
