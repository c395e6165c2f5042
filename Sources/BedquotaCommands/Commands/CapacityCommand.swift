import ArgumentParser
import Bedquota
import BedrockQuotas
import Reports

struct CapacityCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "capacity",
    abstract:
      "Show how much throughput a workload can get per minute and day, and which quota binds it; or all provisioned throughput.",
    discussion: """
      Amazon Bedrock has no API and the AWS CLI no command get-foundation-model-throughput-capacity. What people look for under \
      that name is here: on-demand rates under the account's quotas, the context window, and the provisioned throughput of the \
      model. Without an id: every provisioned throughput of the account, and the quotas for more of it. With several ids, or with --routes \
      and a model: what they allow together, where ids of one pool of quotas count once.
      A request reserves its input, cached or not, and max_tokens when it starts; when it has ended, it has cost the uncached \
      input, cache writes, and output times its burndown. AWS's text says that max_tokens is reserved once, users who met the limit \
      say that it is reserved times the burndown: what depends on that is given as a range. Nobody outside AWS knows whether the minute is a token bucket, which its \
      published runs fit, or a rolling window: the rates are given for both.
      On bedrock-mantle a request reserves its input, without what the cache has, and max_tokens in the quota of input, which keeps \
      input + cache write + output; its output counts against the quota of output. No burndown applies.
      \(CommandPermissions.help("capacity"))

      EXAMPLE: bedquota capacity us.anthropic.claude-opus-4-7 --input-tokens 3000 --output-tokens 500 --max-tokens 1000 --latency 7
      """)

  @OptionGroup var global: GlobalOptions

  @Argument(
    help: ArgumentHelp(
      "Model ids, inference profile ids or ARNs, or the names or ARNs of provisioned throughputs.", valueName: "id"))
  var ids: [String] = []

  @Flag(
    help: "Take every route of one model that quotas count, as `bedquota routes` lists them; provisioned throughput has none.")
  var routes = false

  @OptionGroup var endpoints: EndpointOptions

  @Option(
    help: ArgumentHelp("Average input tokens of a request, without those read from or written to the cache.", valueName: "n"))
  var inputTokens: Int?

  @Option(help: ArgumentHelp("Average output tokens of a request.", valueName: "n"))
  var outputTokens: Int?

  @Option(help: ArgumentHelp("Average tokens read from the prompt cache. (default: 0)", valueName: "n"))
  var cacheReadTokens: Int?

  @Option(help: ArgumentHelp("Average tokens written to the prompt cache. (default: 0)", valueName: "n"))
  var cacheWriteTokens: Int?

  @Option(help: ArgumentHelp("max_tokens of the requests. (default: unset, so the model's maximum output)", valueName: "n"))
  var maxTokens: Int?

  @Option(help: ArgumentHelp("The most requests that the client has in flight. (default: no limit)", valueName: "n"))
  var concurrency: Int?

  @Option(help: ArgumentHelp("Seconds from the start of a request to the end of its reply.", valueName: "s"))
  var latency: Double?

  @Option(help: ArgumentHelp("Quota tokens per output token. (default: the model's, if known)", valueName: "n"))
  var burndown: Int?

  @Option(
    help: ArgumentHelp(
      "Take the average sizes and the latency of this many hours from CloudWatch; a size given as an option replaces its average.",
      valueName: "hours"))
  var hours: Double?

  func validate() throws {
    if let hours {
      if ids.isEmpty { throw ValidationError("--hours needs an id.") }
      do { _ = try UsageWindow(hours: hours) } catch let error as BedquotaError {
        throw ValidationError(Failure(error)?.text(for: self) ?? error.message)
      }
    }
    if routes { try ids.forEach(ModelSearch.check) } else { _ = try global.ids(ids) }
    try validateSet()
    do { _ = try workload() } catch { throw ValidationError(error.description(spelling: .options)) }
    if let burndown, !(1...1_000).contains(burndown) {
      throw ValidationError("--burndown takes a whole number from 1 to 1000.")
    }
    let sizes = [inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, maxTokens, concurrency, burndown]
    if ids.isEmpty, latency != nil || sizes.contains(where: { $0 != nil }) {
      throw ValidationError("The sizes of a workload need an id.")
    }
  }

  /// Whether the answer is about several ids together.
  private var areSeveral: Bool { routes || ids.count > 1 }

  private func validateSet() throws {
    if routes, ids.count != 1 { throw ValidationError("--routes takes one model.") }
    if routes, endpoints.endpoint != nil { throw ValidationError("--routes takes both endpoints; leave --endpoint out.") }
    guard areSeveral else { return }
    if hours != nil { throw ValidationError("--hours takes one id: each has averages of its own.") }
    if concurrency != nil {
      throw ValidationError("--concurrency takes one id: a client's requests in flight are spread over several.")
    }
  }

  private func workload() throws(Workload.Problem) -> Workload {
    try Workload(
      inputTokens: inputTokens, outputTokens: outputTokens, cacheReadTokens: cacheReadTokens ?? 0,
      cacheWriteTokens: cacheWriteTokens ?? 0, maxTokens: maxTokens, concurrency: concurrency, latency: latency)
  }

  func run() async throws {
    if areSeveral { return try await showSet() }
    let window = try hours.map { try UsageWindow(hours: $0) }
    let id = try ids.first.map { try global.id($0) }
    let tellsListing = !global.output.holdsNotes
    let answer = try await global.reading { account in
      async let throughputs = account.provisionedThroughputs(isRequired: id == nil)
      let context = try await account.context(for: id.map { [$0] } ?? [], needsQuotas: true, tellsListing: tellsListing)
      var usage: UsageReport?
      if let window, let id {
        let endpoint = endpoints.endpoint ?? CapacityReport.endpoint(of: id, in: context)
        usage = try await account.usage(of: [id], in: window, context: context, endpoint: endpoint, detail: .averageLatency).first
      }
      return Answer(context: context, provisioned: try await throughputs, usage: usage)
    }
    if let id { try show(answer, of: id) } else { try showProvisioned(answer) }
  }

  /// Shows what several ids, or all routes of a model, allow together.
  private func showSet() async throws {
    let ids = routes ? [] : try global.ids(ids)
    let tellsListing = !global.output.holdsNotes
    let answer = try await global.reading { account in
      async let throughputs = account.provisionedThroughputs(isRequired: false)
      let context = try await account.context(for: ids, needsQuotas: true, tellsListing: tellsListing)
      return Answer(context: context, provisioned: try await throughputs)
    }
    let named = try routes ? routeIDs(in: answer) : ids.map { (id: $0, endpoint: endpoints.endpoint) }
    let set = try CapacitySet(
      of: named, workload: workload(), outputBurndown: burndown, in: answer.context, provisioned: answer.provisioned,
      spelling: .options)
    try global.show(CapacitySetView(set))
  }

  /// The usable routes of the model that the argument means; those of one pool follow each other.
  private func routeIDs(in answer: Answer) throws -> [(id: InvokedID, endpoint: QuotaEndpoint?)] {
    let search = ModelSearch(ids[0], in: answer.context, provisioned: answer.provisioned ?? [])
    let routes = ModelRoutes(of: try search.named(), in: answer.context, provisioned: answer.provisioned)
    let counted = routes.routes.filter { $0.isUsable && !$0.resolution.quotas.isEmpty }
    guard !counted.isEmpty else {
      throw BedquotaError(
        .quotaUnknown, "\(routes.model): no route that can be used has a known quota; `bedquota routes` shows why.")
    }
    return counted.compactMap { route in
      InvokedID(route.id).map { id -> (id: InvokedID, endpoint: QuotaEndpoint?) in (id, route.endpoint) }
    }
  }

  /// What was read from AWS.
  private struct Answer: Sendable {
    var context: QuotaContext
    /// nil if AWS denies the list.
    var provisioned: [ProvisionedThroughput]?
    /// nil if no option asks for it.
    var usage: UsageReport?
  }

  private func showProvisioned(_ answer: Answer) throws {
    let all = (answer.provisioned ?? []).map { $0.withQuotas(in: answer.context) }
    if all.isEmpty { global.console.note("The account has no provisioned throughput in \(answer.context.inventory.region).") }
    if !all.isEmpty || global.output != .table { try global.show(ProvisionedView(all)) }
  }

  private func show(_ answer: Answer, of id: InvokedID) throws {
    var workload = try workload()
    if let usage = answer.usage {
      workload = try usage.workload(preferring: workload)
      for note in CapacityText.measured(usage, workload, hours: hours ?? 0, spelling: .options) { global.console.note(note) }
    }
    let report = try CapacityReport(
      of: id, workload: workload, outputBurndown: burndown, in: answer.context, provisioned: answer.provisioned,
      usage: answer.usage, endpoint: endpoints.endpoint, spelling: .options)
    try global.show(CapacityView(report))
  }
}
