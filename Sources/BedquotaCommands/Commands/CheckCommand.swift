import ArgumentParser
import Bedquota
import Reports

struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check usage and throttling against quotas, as a Nagios plugin: exit code 0, 1, 2 or 3.",
    discussion: """
      The first line is the answer, with performance data behind the bar; then comes a line for each quota. Without an id, every \
      model with traffic is checked. Tokens per day are checked if the period is 24 hours or more. Of two counts of quota tokens, \
      AWS's metric and the formula of bedquota usage, the higher one counts. bedrock-mantle has quotas of input and of output tokens, and \
      publishes no throttled requests.
      Exit codes: 0 OK, 1 warning, 2 critical, 3 unknown: an id can't be judged, the check failed, or an option is wrong.
      \(CommandPermissions.help("check"))

      EXAMPLE: bedquota check us.amazon.nova-pro-v1:0 --warn 80 --critical 95 --throttle-rate 1,10 --hours 1
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
      "Warn at or above this percentage of requests throttled, and report critical at or above the second; a single one is critical. (default: 1,10)",
      valueName: "percent,percent"))
  var throttleRate: ThrottleThresholds?

  @Option(
    help: ArgumentHelp(
      "What to compare with the thresholds: the peak minute, or the 99th percentile of the minutes with data (p99).",
      valueName: "name"))
  var at = QuotaCheck.Statistic.peak

  @OptionGroup var endpoints: EndpointOptions

  @OptionGroup(title: "Regions and accounts") var places: PlaceOptions

  func validate() throws {
    _ = try global.ids(ids)
    try places.validate(with: global)
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
    let throttled = throttleRate ?? .standard
    let check = QuotaCheck(
      warning: warn / 100, critical: critical / 100, throttleWarning: throttled.warning / 100,
      throttleCritical: throttled.critical / 100, statistic: at)
    let read = try await PlacesUsage(global, places) { account in
      try await account.usage(of: ids, in: window, needsQuotas: true, endpoint: endpoints.endpoint)
    }
    let result = check.result(of: read.reports, areNamed: !ids.isEmpty)
    if let note = window.periodNote { console.note(note) }
    // A place that could not be read can't be judged.
    let status = result.status == .ok && !read.failures.isEmpty ? .unknown : result.status
    try global.show(CheckView(result.verdicts, status: status, by: check, failures: read.failures))
    read.failures.tell()
    if let failure = result.failure { Console.printError("bedquota: \(failure.message)") }
    if status != .ok { throw ExitCode(status.exitCode) }
  }
}

extension QuotaCheck.Status {
  /// The exit code of a monitoring plugin.
  ///
  /// Source: nagios-plugins.org/doc/guidelines.html, "Plugin Return Codes".
  var exitCode: Int32 {
    switch self {
    case .ok: 0
    case .warning: 1
    case .critical: 2
    case .unknown: 3
    }
  }
}
