import AWSWire
import ArgumentParser
import Bedquota
import BedrockQuotas

struct CapacityCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "capacity",
    abstract: "Show what a workload can reach per minute and day, and which quota binds it; or all provisioned throughput.",
    discussion: """
      Amazon Bedrock has no API and the AWS CLI no command get-foundation-model-throughput-capacity. What people look for under \
      that name is here: on-demand rates under the account's quotas, the context window, and the provisioned throughput of the \
      model. Without an id: every provisioned throughput of the account, and the quotas for more of it.
      A request reserves its input, cached or not, and max_tokens when it starts; when it has ended, it has cost the uncached \
      input, cache writes, and output times its burndown. Nobody outside AWS knows whether the minute is a token bucket, which its \
      published runs fit, or a rolling window: the rates are given for both.
      IAM actions: servicequotas:ListServiceQuotas, servicequotas:ListAWSDefaultServiceQuotas, bedrock:ListFoundationModels, \
      bedrock:ListInferenceProfiles, bedrock:ListProvisionedModelThroughputs; with --hours also cloudwatch:ListMetrics and \
      cloudwatch:GetMetricData.

      EXAMPLE: bedquota capacity us.anthropic.claude-opus-4-7 --input-tokens 3000 --output-tokens 500 --max-tokens 1000 --latency 7
      """)

  @OptionGroup var global: GlobalOptions

  @Argument(help: ArgumentHelp("A model id, inference profile id or ARN, or a provisioned throughput's.", valueName: "id"))
  var id: String?

  @Option(help: ArgumentHelp("Input of a request on average, without what is read from or written to the cache.", valueName: "n"))
  var inputTokens: Int?

  @Option(help: ArgumentHelp("Output of a request on average.", valueName: "n"))
  var outputTokens: Int?

  @Option(help: ArgumentHelp("Read from the prompt cache. (default: 0)", valueName: "n"))
  var cacheReadTokens: Int?

  @Option(help: ArgumentHelp("Written to the prompt cache. (default: 0)", valueName: "n"))
  var cacheWriteTokens: Int?

  @Option(help: ArgumentHelp("max_tokens of the requests. (default: unset, so the model's maximum output)", valueName: "n"))
  var maxTokens: Int?

  @Option(help: ArgumentHelp("How many requests the client has under way at most. (default: no limit)", valueName: "n"))
  var concurrency: Int?

  @Option(help: ArgumentHelp("Seconds from the start of a request to the end of its reply.", valueName: "s"))
  var latency: Double?

  @Option(help: ArgumentHelp("Quota tokens for an output token. (default: what is known of the model)", valueName: "n"))
  var burndown: Int?

  @Option(
    help: ArgumentHelp(
      "Take the average sizes and the latency of the last so many hours from CloudWatch; a size that is given takes the place of its average.",
      valueName: "hours"))
  var hours: Double?

  func validate() throws {
    if let hours {
      if id == nil { throw ValidationError("--hours goes with an id.") }
      do { _ = try UsageWindow(hours: hours) } catch let error as BedquotaError { throw ValidationError(error.message) }
    }
    if let id { _ = try InvokedID.parse(id, facts: global.facts()) }
    do { _ = try workload() } catch { throw ValidationError(error.description(spelling: .commandLine)) }
    if let burndown, !(1...1_000).contains(burndown) {
      throw ValidationError("--burndown takes a whole number from 1 to 1000.")
    }
    let sizes = [inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, maxTokens, concurrency, burndown]
    if id == nil, latency != nil || sizes.contains(where: { $0 != nil }) {
      throw ValidationError("The sizes of a workload go with an id.")
    }
  }

  private func workload() throws(Workload.Problem) -> Workload {
    try Workload(
      inputTokens: inputTokens, outputTokens: outputTokens, cacheReadTokens: cacheReadTokens ?? 0,
      cacheWriteTokens: cacheWriteTokens ?? 0, maxTokens: maxTokens, concurrency: concurrency, latency: latency)
  }

  func run() async throws {
    let facts = try global.facts()
    let console = global.console
    let invoked = try id.map { try InvokedID.parse($0, facts: facts) }
    let window = try hours.map { try UsageWindow(hours: $0) }
    let (context, provisioned, usage) = try await global.withSession { session in
      try await ProgressLine.with(console, "Reading quotas in \(session.region) …") { progress in
        async let throughputs = session.throughputs(isRequired: invoked == nil, console, progress)
        let context = try await session.context(
          for: invoked.map { [$0] } ?? [], facts: facts, requiresQuotas: true, console, progress)
        var usage: UsageReport?
        if let window, let invoked {
          progress.update("Reading metrics in \(session.region) …")
          let read = try await session.monitor.usage(
            of: [invoked], in: window, context: context, facts: facts, readsLatency: true)
          for message in read.messages { progress.note("CloudWatch: \(message)", console) }
          usage = read.reports.first
        }
        return (context, try await throughputs, usage)
      }
    }
    guard let invoked else {
      let all = (provisioned ?? []).map { $0.withQuotas(in: context) }
      if all.isEmpty { console.note("The account has no provisioned throughput in \(context.inventory.region).") }
      if all.isEmpty, global.output == .table { return }
      return console.print(try ProvisionedRendering.render(all, as: global.output, usesColor: console.usesColor))
    }
    var workload = try workload()
    if let usage {
      workload = try usage.workload(preferring: workload)
      tell(usage, workload, console)
    }
    let report = try CapacityReport(
      of: invoked, workload: workload, outputBurndown: burndown, in: context, provisioned: provisioned,
      busyShare: usage?.busyShare, spelling: .commandLine)
    console.print(try CapacityRendering.render(report, as: global.output, usesColor: console.usesColor))
  }
}

extension CapacityCommand {
  /// What was measured, for it is no data of the result.
  private func tell(_ usage: UsageReport, _ workload: Workload, _ console: Console) {
    let hours = Figures.short(hours)
    guard let totals = usage.totals, totals.invocations > 0 else {
      return console.note("CloudWatch has no requests of \(usage.id) in the last \(hours) hours; give the sizes by hand.")
    }
    let latency = workload.latency.map { ", \(Figures.short($0)) s" } ?? ""
    let sizes = [
      ("input", workload.inputTokens), ("cache read", workload.cacheReadTokens), ("cache write", workload.cacheWriteTokens),
      ("output", workload.outputTokens),
    ].compactMap { name, tokens in tokens.flatMap { $0 > 0 ? "\(Figures.grouped($0)) \(name)" : nil } }
    console.note(
      "A request of the last \(hours) hours, on average of \(Figures.grouped(totals.invocations)): \(sizes.joined(separator: ", ")) tokens\(latency)."
    )
    if maxTokens == nil { console.note("CloudWatch doesn't show max_tokens, so it is taken as unset; --max-tokens tells it.") }
  }
}

extension BedquotaSession {
  /// The account's provisioned throughput; nil, and a word about it, where it may not be listed and something else was asked.
  fileprivate func throughputs(isRequired: Bool, _ console: Console, _ progress: ProgressLine) async throws
    -> [ProvisionedThroughput]?
  {
    do {
      return try await discovery.provisionedThroughputs()
    } catch let error as AWSClientError where error.service?.code == "AccessDeniedException" && !isRequired {
      progress.note("bedquota: provisioned throughput is left out. \(error.message)", console)
      return nil
    }
  }
}
