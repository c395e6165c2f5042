public import BedrockQuotas

/// The capacity of an id in an account: the rates of a workload, the quota that binds, and the model's provisioned throughput.
public struct CapacityReport: Sendable {
  /// The id as it was given.
  public var id: String
  /// The quotas that apply to the id.
  public var resolution: Resolution
  public var capacity: Capacity
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
  ///   - busyShare: the share of time in which the workload runs, 0 to 1; nil if unknown.
  ///   - spelling: how the advice names parameters.
  /// - Throws: ``BedquotaError`` (`quotaUnknown`) if neither a quota nor provisioned throughput is known for the id.
  public init(
    of id: InvokedID, workload: Workload, outputBurndown: Int? = nil, in context: QuotaContext,
    provisioned: [ProvisionedThroughput]?, busyShare: Double? = nil, spelling: ParameterSpelling = .swift
  ) throws(BedquotaError) {
    let resolution = context.resolver.resolve(id)
    let own = provisioned?.filter { throughput in
      resolution.modelID.map { throughput.serves($0) } ?? throughput.isNamed(id.text)
    }
    guard !resolution.quotas.isEmpty || own?.isEmpty == false else {
      throw BedquotaError(.quotaUnknown, Self.nothingFound(id.text, resolution, provisioned))
    }
    self.id = id.text
    self.resolution = resolution
    self.provisioned = own?.map { $0.withQuotas(in: context) }
    capacity = Capacity(of: workload, under: resolution, outputBurndown: outputBurndown)
    let note = resolution.quotas.isEmpty && resolution.scope != .provisioned ? nil : resolution.note
    let units = "The throughput of a model unit is not public: AWS tells it when the throughput is bought."
    let advice = resolution.quotas.isEmpty ? [units] : capacity.advice(busyShare: busyShare, spelling: spelling)
    self.advice = [note].compactMap { $0 } + advice
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
