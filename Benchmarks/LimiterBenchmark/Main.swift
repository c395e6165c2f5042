import Foundation

/// Prices of the limiter, one line of JSON a figure; `scripts/benchmark-limiter` sets them beside others'.
@main
struct LimiterBenchmark {
  static let usage = """
    usage: limiter-benchmark speed           nanoseconds for a check and its settlement, by meters and threads
           limiter-benchmark waiters         memory for each of 10,000 that wait, and how soon all are let in or cancelled
           limiter-benchmark bare-waiters    memory for each of 10,000 tasks that wait for nothing of ours
    """

  static func main() async throws {
    switch Array(CommandLine.arguments.dropFirst()) {
    case ["speed"]: Speed.run()
    case ["waiters"]: try await Waiters.run()
    case ["bare-waiters"]: await Waiters.runBare()
    default:
      FileHandle.standardError.write(Data((usage + "\n").utf8))
      exit(64)
    }
  }
}
