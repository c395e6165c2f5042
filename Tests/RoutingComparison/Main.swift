import RoutingSimulation
import SimulationSupport

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Plays routing policies against several scopes in virtual time.
@main
struct RoutingComparison {
  static let usage = """
    usage: routing-simulation seeds [--count N] [--minutes M] [--first SEED]
                                               a run of M virtual minutes with faults for each of N seeds; every rule is checked
           routing-simulation report FILE [--count N] [--minutes M]
                                               every policy with every load, over N seeds (2) of M minutes (10), as tables of Markdown
                                               and as an SVG; fails if a goal isn't met
           routing-simulation rules LOADS SEEDS [VARIANT …]
                                               the rule beside others; for example: rules 80,95,saturated 3 product product,blind 1
           routing-simulation speed            what choosing costs, in real time, as JSON
    """

  static func main() async {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch (arguments.first, arguments.count) {
    case ("seeds", _): await seeds(arguments.dropFirst())
    case ("report", 2...): await report(picture: arguments[1], arguments.dropFirst(2))
    case ("rules", 3...): await rules(arguments)
    case ("speed", 1): Speed.run()
    default: fail()
    }
  }

  private static func fail() -> Never {
    File.complain(usage)
    exit(64)
  }

  private static func seeds(_ arguments: ArraySlice<String>) async {
    guard let options = Options(arguments, count: 100) else { fail() }
    if await !Seeds.run(count: options.count, minutes: options.minutes, first: options.first) { exit(1) }
  }

  private static func report(picture: String, _ arguments: ArraySlice<String>) async {
    guard let options = Options(arguments, count: 2) else { fail() }
    let seeds = (0..<UInt64(options.count)).map { 1 + options.first &+ $0 }
    let report = await Report.play(Length(seeds: seeds, minutes: options.minutes))
    print(report.markdown)
    guard File.write(Picture.svg(report.cells), to: picture) else {
      File.complain("\(picture) can't be written.")
      exit(74)
    }
    if report.goals.contains(where: { !$0.isMet }) { exit(1) }
  }

  private static func rules(_ arguments: [String]) async {
    let loads = arguments[1].split(separator: ",").compactMap { Comparison.Load(String($0)) }
    let variants = (arguments.count > 3 ? Array(arguments.dropFirst(3)) : Rules.usual).compactMap(Rules.Variant.init)
    guard let count = UInt64(arguments[2]), count > 0, !loads.isEmpty, !variants.isEmpty else { fail() }
    print(await Rules.table(loads, variants, Length(seeds: Array(1...count), minutes: 20)))
  }
}
