import AdmissionSimulation
import Foundation

/// Feeds mutated input to everything that reads some: replies, account folders, journals, JSON Lines and options.
///
/// It ends with 1 if a check fails or a trial takes too long; a trap ends the process, after the name and seed of the trial.
@main
struct InputFuzz {
  static func main() async throws {
    let options = FuzzOptions(CommandLine.arguments.dropFirst())
    let folder = try FuzzFolder()
    defer { folder.remove() }
    Watchdog.start()
    for kind in options.kinds {
      let start = ContinuousClock.now
      var trial = try await kind.trial(in: folder)
      for number in 0..<options.count {
        let seed = options.seed &+ UInt64(number)
        Watchdog.begin("input-fuzz --kind \(kind.rawValue) --seed \(seed) --count 1")
        var random = Random(seed: seed)
        if let problem = try await trial.run(&random) {
          print("WRONG: \(problem)\nAgain: input-fuzz --kind \(kind.rawValue) --seed \(seed) --count 1")
          // No `defer` runs after `exit`.
          folder.remove()
          exit(1)
        }
      }
      Watchdog.end()
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      print(
        "\(kind.rawValue): \(options.count) from seed \(options.seed), \(String(format: "%.1f", seconds)) s; \(trial.summary)")
    }
  }
}
