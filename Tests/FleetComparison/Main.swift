import FleetSimulation
import SimulationSupport

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Plays fleets that share a quota through a store, in virtual time.
@main
struct FleetComparison {
  static let usage = """
    usage: fleet-simulation goals [ROW …]      what docs/design/fleet.md promises beside what was measured; fails if a goal is missed
           fleet-simulation faults [ROW …]     what is delivered before, during and after each fault
           fleet-simulation plan SEED …        the random scenarios, in words
           fleet-simulation seeds [--count N] [--first SEED]
                                               a run with random faults for each of N seeds (100); every rule is checked
           fleet-simulation tiers [--count N] [--first SEED]
                                               the same with requests of all priorities, each with a ticket of its own
           fleet-simulation cost               what a member costs a process for each request; fails beyond 2 µs
    """

  static func main() async {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch arguments.first {
    case "goals": if await !Goals.run(Array(arguments.dropFirst())) { exit(1) }
    case "faults": if await !Faults.run(Array(arguments.dropFirst())) { exit(1) }
    case "plan":
      for seed in arguments.dropFirst().compactMap({ UInt64($0) }) { print("\(seed): \(FleetSeedPlan(seed: seed).summary)") }
    case "seeds":
      guard let options = Options(arguments.dropFirst(), count: 100) else { fail() }
      if await !Seeds.run(count: options.count, first: options.first) { exit(1) }
    case "tiers":
      guard let options = Options(arguments.dropFirst(), count: 100) else { fail() }
      if await !Seeds.run(count: options.count, first: options.first, hasFlows: true) { exit(1) }
    case "cost": if !AdmissionCost.run(requests: 200_000) { exit(1) }
    default: fail()
    }
  }

  private static func fail() -> Never {
    File.complain(usage)
    exit(64)
  }
}
