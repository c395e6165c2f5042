import ArgumentParser
import Bedquota
import Reports

struct FleetCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check the store and what it knows of a fleet, for alerts: exit code 0 or 2, or 1 if the store can't be asked.",
    discussion: """
      It reports a scope that the store doesn't know, a store that answers slowly, limits that throttled requests have lowered, debts beyond a whole limit, and members with \
      requests that were not heard of for 15 s. It changes nothing.
      \(CommandPermissions.help("fleet check"))

      EXAMPLE: bedquota fleet check --fleet redis://cache.internal:6379
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var scopes: FleetScopes

  @Argument(help: ArgumentHelp("Model ids, inference profile ids or ARNs. (default: all scopes)", valueName: "id"))
  var ids: [String] = []

  @Option(
    name: .customLong("max-answer-time"),
    help: ArgumentHelp("The longest answer of a store that isn't slow. (default: 250)", valueName: "milliseconds"))
  var answerTimeMax: Double?

  func validate() throws {
    _ = try global.ids(ids)
    guard (1...60_000).contains(answerTimeMax ?? 1) else {
      throw ValidationError("--max-answer-time takes milliseconds, from 1 to 60000.")
    }
  }

  func run() async throws {
    var check = FleetCheck()
    if let answerTimeMax { check.roundTripMax = .milliseconds(answerTimeMax) }
    let readings = try await scopes.readings(ids, global)
    let problems = readings.flatMap { check.problems(of: $0) }
    try global.show(FleetCheckView(problems, scopes: readings.count))
    if !problems.isEmpty { throw ExitCode(2) }
  }
}
