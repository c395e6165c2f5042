import AWSWire
import Foundation

/// Feeds mutated frames to the event stream decoder. Exits with 1 if it decodes something wrongly or memory grows.
///
/// For the Python tests: `--print` prints the streams, and `--decode` reads such from stdin and prints what they hold.
@main
struct EventStreamFuzz {
  private static let shards = 16
  private static let memoryMax = 100 << 20

  static func main() async throws {
    let options = Options(CommandLine.arguments.dropFirst())
    switch options.mode {
    case .fuzz: await fuzz(options)
    case .print:
      var mutator = Mutator(seed: options.seed)
      for _ in 0..<options.count { print(Hex.encode(mutator.next())) }
    case .decode:
      while let line = readLine() {
        guard let stream = Hex.bytes(line) else { Options.exitWithUsage() }
        print(String(decoding: try JSONEncoder().encode(DecodedLine(Reading(stream))), as: UTF8.self))
      }
    }
  }

  /// The same on every machine, so that a seed gives the same streams.
  private static func fuzz(_ options: Options) async {
    print("event-stream-fuzz --count \(options.count) --seed \(options.seed)")
    let start = ContinuousClock.now
    let (tally, problems) = await withTaskGroup(of: (Tally, String?).self) { group in
      for shard in 0..<shards {
        let count = options.count * (shard + 1) / shards - options.count * shard / shards
        group.addTask {
          var trial = Trial(seed: options.seed &+ UInt64(shard) &* 0x1_0000_0000)
          let problem = trial.run(count)
          return (trial.tally, problem)
        }
      }
      return await group.reduce(into: (Tally(), [String]())) { sum, shard in
        sum.0.add(shard.0)
        if let problem = shard.1 { sum.1.append(problem) }
      }
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    print("\(tally.text)\n\(String(format: "%.1f", seconds)) s, peak memory \(peakMemory >> 20) MiB")
    for problem in problems { print("WRONG: \(problem)") }
    exit(problems.isEmpty && peakMemory < memoryMax ? 0 : 1)
  }

  private static var peakMemory: Int {
    var usage = rusage()
    #if canImport(Darwin)
      getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss
    #else
      getrusage(RUSAGE_SELF.rawValue, &usage)
      return usage.ru_maxrss << 10
    #endif
  }
}
