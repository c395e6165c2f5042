import ArgumentParser
import Bedquota
import Reports

struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "One line per quota for monitoring systems; exit 2 when a threshold is crossed.",
    discussion: """
      Lines are as Nagios plugins print them, with performance data behind the bar. Without an id, every model with traffic is \
      checked. Tokens per day are checked if the period is 24 hours or more.
      Exit codes: 0 all below the thresholds, 2 at least one at or above --warn, 1 failed.
      IAM actions: those of bedquota usage.

      EXAMPLE: bedquota check us.amazon.nova-pro-v1:0 --warn 80 --critical 95 --hours 1
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup(title: "Time") var time: WindowOptions

  @Argument(help: ArgumentHelp("Model ids, inference profile ids or ARNs. (default: all with traffic)", valueName: "id"))
  var ids: [String] = []

  @Option(help: ArgumentHelp("Warn at or above this percentage of the quota.", valueName: "percent"))
  var warn = 80.0

  @Option(help: ArgumentHelp("Report critical at or above this percentage of the quota.", valueName: "percent"))
  var critical = 95.0

  @Option(
    help: ArgumentHelp(
      "What to compare with the thresholds: the peak minute, or the 99th percentile of the minutes with data.", valueName: "name")
  )
  var at = QuotaCheck.Statistic.peak

  func validate() throws {
    _ = try global.ids(ids)
    guard warn.isFinite, critical.isFinite, warn > 0, critical <= 10_000 else {
      throw ValidationError("--warn and --critical take percents above 0.")
    }
    guard warn <= critical else { throw ValidationError("--warn must not be above --critical.") }
  }

  func run() async throws {
    let console = global.console
    // An hour by default, so that an alert ends soon after its cause.
    let window = try time.window(hours: 1)
    let ids = try global.ids(ids)
    let check = QuotaCheck(warning: warn / 100, critical: critical / 100, statistic: at)
    let reports = try await global.reading { account in try await account.usage(of: ids, in: window, needsQuotas: true) }
    let result = check.result(of: reports, areNamed: !ids.isEmpty)
    if let failure = result.failure, result.isFailure { throw failure }
    if let note = window.periodNote { console.note(note) }
    if result.verdicts.isEmpty { console.note("No model had traffic in this time.") }
    if !result.verdicts.isEmpty || global.output != .table { try global.show(CheckView(result.verdicts, by: check)) }
    if result.isAlarm { throw ExitCode(2) }
    if let failure = result.failure { throw failure }
  }
}
