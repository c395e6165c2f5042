public import BedrockQuotas

/// What an id can carry in an account: the rates of a workload, what binds them, and the provisioned throughput of its model.
public struct CapacityReport: Sendable {
  /// The id as it was given.
  public var id: String
  public var resolution: Resolution
  public var capacity: Capacity
  /// Of the same model, or the one that the id names; nil where they may not be listed.
  public var provisioned: [ProvisionedThroughput]?
  /// In sentences, with figures.
  public var advice: [String]

  /// - Parameters:
  ///   - workload: sizes that are not known stay nil, and so do the rates that need them.
  ///   - outputBurndown: takes the place of the known one.
  ///   - provisioned: what the account has; nil where it may not be listed.
  ///   - busyShare: the share of time in which the workload runs, from 0 to 1, where it is known.
  /// - Throws: ``BedquotaError`` with `quotaUnknown` where neither a quota nor provisioned throughput is known for the id.
  public init(
    id: String, invoked: InvokedID, workload: Workload, outputBurndown: Int? = nil, resolver: QuotaResolver,
    inventory: QuotaInventory, provisioned: [ProvisionedThroughput]?, busyShare: Double? = nil
  ) throws(BedquotaError) {
    let resolution = resolver.resolve(invoked, id: id)
    let own = provisioned?.filter { throughput in
      resolution.modelID.map { throughput.serves($0) } ?? throughput.isNamed(id)
    }
    guard !resolution.quotas.isEmpty || own?.isEmpty == false else {
      throw BedquotaError(.quotaUnknown, Self.nothingFound(id, resolution, provisioned))
    }
    self.id = id
    self.resolution = resolution
    self.provisioned = own?.map { $0.withQuotas(resolver, inventory) }
    capacity = Capacity(of: workload, under: resolution, outputBurndown: outputBurndown)
    let note = resolution.quotas.isEmpty && resolution.scope != .provisioned ? nil : resolution.note
    let units = "What a model unit carries is not public: AWS tells it when the throughput is bought."
    let advice = resolution.quotas.isEmpty ? [units] : capacity.advice(busyShare: busyShare)
    self.advice = [note].compactMap { $0 } + advice
  }

  private static func nothingFound(
    _ id: String, _ resolution: Resolution, _ provisioned: [ProvisionedThroughput]?
  ) -> String {
    let why = resolution.note ?? "Nothing in this Region names it for certain."
    guard resolution.scope == .provisioned, resolution.modelID == nil else { return "\(id): no quota is known. \(why)" }
    return provisioned == nil
      ? "\(id): no quota is known. \(why)" : "\(id): the account has no such provisioned throughput in this Region."
  }

  /// Every provisioned throughput with the quotas for more of it: what `capacity` shows without an id.
  public static func all(
    _ provisioned: [ProvisionedThroughput], resolver: QuotaResolver, inventory: QuotaInventory
  ) -> [ProvisionedThroughput] {
    provisioned.map { $0.withQuotas(resolver, inventory) }
  }
}
