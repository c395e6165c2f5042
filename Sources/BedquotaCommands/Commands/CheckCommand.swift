import AWSWire
public import ArgumentParser
public import Bedquota
import BedrockQuotas

extension QuotaCheck.Statistic: ExpressibleByArgument {}

struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "One line per quota for monitoring systems; exit 2 when a threshold is crossed.",
    discussion: """
      Lines are as Nagios plugins print them, with performance data behind the bar. Without an id, every model with traffic is \
      checked. Tokens per day are checked where the time is 24 hours or more.
      Exit codes: 0 all below the thresholds, 2 at least one at or above --warn, 1 failed.
      IAM actions: those of bedquota usage.

      EXAMPLE: bedquota check us.amazon.nova-pro-v1:0 --warn 80 --critical 95 --hours 1
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup(title: "Time") var time: WindowOptions

  @Argument(help: ArgumentHelp("Model ids, inference profile ids or ARNs. (default: all with traffic)", valueName: "id"))
  var ids: [String] = []

  @Option(help: ArgumentHelp("Percent of a quota from which on it is a warning.", valueName: "percent"))
  var warn = 80.0

  @Option(help: ArgumentHelp("Percent of a quota from which on it is critical.", valueName: "percent"))
  var critical = 95.0

  @Option(help: "What is held against the thresholds: the peak minute, or the 99th percentile of the minutes with data (p99).")
  var at = QuotaCheck.Statistic.peak

  func validate() throws {
    let facts = try global.facts()
    for id in ids { _ = try InvokedID.parse(id, facts: facts) }
    guard warn.isFinite, critical.isFinite, warn > 0, critical <= 10_000 else {
      throw ValidationError("--warn and --critical take percents above 0.")
    }
    guard warn <= critical else { throw ValidationError("--warn must not be above --critical.") }
  }

  func run() async throws {
    let facts = try global.facts()
    let console = global.console
    // An hour, for who is called at noon needn't hear of it until the next noon.
    let window = try time.window(hours: 1)
    let parsed = try ids.map { try InvokedID.parse($0, facts: facts) }
    let check = QuotaCheck(warning: warn / 100, critical: critical / 100, statistic: at)
    let read = try await global.withSession { session in
      try await ProgressLine.with(console, "Reading quotas in \(session.region) …") { progress in
        let context = try await session.discovery.context(for: parsed, facts: facts)
        if let problem = context.catalogProblem { progress.note("bedquota: \(problem.message)", console) }
        // Without quotas nothing is fine.
        if let problem = context.quotasProblem { throw problem }
        return try await session.monitor.usage(
          of: parsed.isEmpty ? nil : parsed, in: window, context: context, facts: facts)
      }
    }
    let reports = read.reports
    for message in read.messages { console.note("CloudWatch: \(message)") }
    let verdicts = check.verdicts(on: reports)
    // What was asked for by name, or got in part, can't be passed over; a model that no quota names can.
    let lost = verdicts.filter { verdict in
      verdict.status == .unknown && (!parsed.isEmpty || reports.contains { $0.id == verdict.id && !$0.isComplete })
    }
    let failure = lost.first.map { first in
      let more = lost.count > 1 ? ", and \(lost.count - 1) more" : ""
      return BedquotaError(.quotaUnknown, "\(first.id) can't be judged\(more): \(first.note ?? "")")
    }
    if let failure, lost.count == verdicts.count { throw failure }
    if let note = window.periodNote { console.note(note) }
    if verdicts.isEmpty { console.note("No model had traffic in this time.") }
    if !verdicts.isEmpty || global.output != .table {
      console.print(try CheckRendering(check: check).render(verdicts, as: global.output))
    }
    if verdicts.contains(where: { $0.status == .warning || $0.status == .critical }) { throw ExitCode(2) }
    if let failure { throw failure }
  }
}
