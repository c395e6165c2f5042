public import BedrockQuotas

/// The capacity of an id in an account: the rates of a workload, the quota that binds, and the model's provisioned throughput.
public struct CapacityReport: Sendable {
  /// The id as it was given.
  public var id: String
  /// The endpoint whose quotas these are.
  public var endpoint: QuotaEndpoint
  /// The quotas that apply to the id.
  public var resolution: Resolution
  /// The capacity with both readings of the reservation.
  public var range: CapacityRange
  /// The capacity if the reservation counts max_tokens once, as AWS's text says.
  public var capacity: Capacity { range.plain }
  /// What was measured of the id; nil if nothing was read.
  public var usage: UsageReport?
  /// Provisioned throughput of the same model, or the one that the id names; nil if the caller may not list it.
  public var provisioned: [ProvisionedThroughput]?
  /// What to know and what to do, in sentences.
  public var advice: [String]

  /// - Parameters:
  ///   - id: the id that the workload invokes.
  ///   - workload: sizes that are unknown stay nil, and so do the rates that need them.
  ///   - outputBurndown: replaces the known burndown, 1 to 1,000.
  ///   - context: the account's quotas, models and profiles.
  ///   - provisioned: the account's provisioned throughput; nil if the caller may not list it.
  ///   - usage: what was measured of the id, which the advice takes into account; nil if nothing was read.
  ///   - endpoint: nil: bedrock-runtime if it has quotas of the id, else bedrock-mantle if that has some.
  ///   - spelling: how the advice names parameters.
  /// - Throws: ``BedquotaError`` (`quotaUnknown`) if neither a quota nor provisioned throughput is known for the id.
  public init(
    of id: InvokedID, workload: Workload, outputBurndown: Int? = nil, in context: QuotaContext,
    provisioned: [ProvisionedThroughput]?, usage: UsageReport? = nil,
    endpoint: QuotaEndpoint? = nil, spelling: ParameterSpelling = .swift
  ) throws(BedquotaError) {
    let other = context.resolver.resolve(id, on: .mantle)
    let endpoint = endpoint ?? Self.endpoint(of: id, in: context)
    self.endpoint = endpoint
    let resolution = context.resolver.resolve(id, on: endpoint)
    // Provisioned throughput is bedrock-runtime's.
    let own = (endpoint == .mantle ? nil : provisioned)?.filter { throughput in
      resolution.modelID.map { throughput.serves($0) } ?? throughput.isNamed(id.text)
    }
    guard !resolution.quotas.isEmpty || own?.isEmpty == false else {
      throw BedquotaError(.quotaUnknown, Self.nothingFound(id.text, resolution, provisioned))
    }
    self.id = id.text
    self.resolution = resolution
    self.provisioned = own?.map { $0.withQuotas(in: context) }
    self.usage = usage
    range = CapacityRange(of: workload, under: resolution, outputBurndown: outputBurndown)
    let note = resolution.quotas.isEmpty && resolution.scope != .provisioned ? nil : resolution.note
    let units = "The throughput of a model unit is not public: AWS tells it when the throughput is bought."
    let advice = resolution.quotas.isEmpty ? [units] : range.advice(busyShare: usage?.busyShare, spelling: spelling)
    let onMantle =
      endpoint == .mantle
      ? "The quota of input keeps input + cache write + output: AWS's page says so, and nobody has measured it. A reply ends where the quota of output is used up."
      : other.quotas.isEmpty
        ? nil : "bedrock-mantle has quotas of its own for this model; \(spelling("endpoint")) mantle shows what they allow."
    self.advice = [note, onMantle].compactMap { $0 } + Self.measured(usage, range.plain, spelling) + advice
  }

  /// The endpoint whose quotas are shown unless the caller names one: bedrock-runtime, unless bedrock-mantle alone has some.
  package static func endpoint(of id: InvokedID, in context: QuotaContext) -> QuotaEndpoint {
    let isOnRuntime = !context.resolver.resolve(id).quotas.isEmpty
    return isOnRuntime || context.resolver.resolve(id, on: .mantle).quotas.isEmpty ? .runtime : .mantle
  }

  /// What the measured usage says against the figures: throttled requests, and another burndown.
  private static func measured(_ usage: UsageReport?, _ capacity: Capacity, _ spelling: ParameterSpelling) -> [String] {
    guard let usage, let totals = usage.totals else { return [] }
    var lines: [String] = []
    if let throttles = totals.throttles, let demand = totals.demand, throttles > 0 {
      let all = NumberText.whole(demand)
      lines.append("In the time that was read, \(NumberText.whole(throttles)) of \(all) requests were throttled.")
    }
    if let implied = usage.impliedBurndown, let burndown = capacity.outputBurndown, implied.rounded() != Double(burndown) {
      lines.append(
        "AWS's EstimatedTPMQuotaUsage fits a burndown of \(NumberText.significant(implied)), not of \(burndown); \(spelling("outputBurndown")) sets it."
      )
    }
    return lines + usage.advice
  }

  private static func nothingFound(
    _ id: String, _ resolution: Resolution, _ provisioned: [ProvisionedThroughput]?
  ) -> String {
    if resolution.scope == .provisioned, resolution.modelID == nil, provisioned != nil {
      return "\(id): the account has no such provisioned throughput in this Region."
    }
    return "\(id): no quota is known. \(resolution.note ?? "Nothing in this Region could be matched with certainty.")"
  }
}
