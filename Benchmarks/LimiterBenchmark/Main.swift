import Foundation

/// Measures the limiter and prints one line of JSON for each figure; `scripts/benchmark-limiter` compares them with its peers'.
@main
struct LimiterBenchmark {
  static let usage = """
    usage: limiter-benchmark speed           nanoseconds to admit and settle a request, by meters and threads
           limiter-benchmark waiters         memory of each of 10,000 waiters, and the time to admit or cancel them all
           limiter-benchmark bare-waiters    memory of each of 10,000 tasks that wait without a limiter
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
