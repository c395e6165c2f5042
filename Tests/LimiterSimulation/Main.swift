import AdmissionSimulation
import SimulationSupport

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Plays limiters against servers in virtual time.
@main
struct LimiterSimulation {
  static let usage = """
    usage: limiter-simulation seeds [--count N] [--minutes M] [--first SEED]
                                               a run of M virtual minutes with faults for each of N seeds; every rule is checked
           limiter-simulation goals            what is delivered and refused, beside the goals
           limiter-simulation windows [--count N]
                                               what auto reaches with each kind of server, over N seeds (5)
           limiter-simulation picture FILE     every policy with every server, as a table and as an SVG
           limiter-simulation trace SEMANTICS PROFILE
           limiter-simulation trace SEED       the course of one run, a line for each 5 s; for example: trace rolling60 auto
    """

  static func main() async {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch (arguments.first, arguments.count) {
    case ("seeds", _): await seeds(arguments.dropFirst())
    case ("goals", 1): await goals()
    case ("windows", _): await windows(arguments.dropFirst())
    case ("picture", 2): await picture(arguments[1])
    case ("trace", 2):
      guard let seed = UInt64(arguments[1]) else { fail() }
      Trace.run(seed: seed)
    case ("trace", 3): trace(arguments[1], arguments[2])
    default: fail()
    }
  }

  private static func fail() -> Never {
    File.complain(usage)
    exit(64)
  }

  private static func seeds(_ arguments: ArraySlice<String>) async {
    guard let options = Options(arguments) else { fail() }
    if await !Seeds.run(count: options.count, minutes: options.minutes, first: options.first) { exit(1) }
  }

  private static func windows(_ arguments: ArraySlice<String>) async {
    guard let options = Options(arguments, count: Goals.seeds.count) else { fail() }
    print(await Windows.table(seeds: options.count))
  }

  private static func goals() async {
    let rows = await Goals.rows()
    let head = ["what, worst of \(Goals.seeds.count) seeds", "goal", "measured", "met"]
    print(Format.table([head] + rows.map { [$0.what, $0.goal, $0.measured, $0.isMet ? "yes" : "NO"] }, toTheRight: [1, 2]))
    if rows.contains(where: { !$0.isMet }) { exit(1) }
  }

  private static func picture(_ path: String) async {
    let cells = await Picture.play()
    print(Picture.table(cells))
    guard File.write(Picture.svg(cells), to: path) else {
      File.complain("\(path) can't be written.")
      exit(74)
    }
  }

  private static func trace(_ semantics: String, _ profile: String) {
    guard let semantics = Semantics(rawValue: semantics), let profile = Trace.profiles[profile] else { fail() }
    Trace.run(semantics, profile)
  }
}
