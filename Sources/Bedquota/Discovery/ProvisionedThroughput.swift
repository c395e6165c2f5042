import AWSClient
package import AWSWire
public import BedrockQuotas

/// One provisioned throughput that an account has bought, and the quotas that limit it.
public struct ProvisionedThroughput: Sendable, Equatable {
  /// The name that the account gave it.
  public var name: String
  public var arn: String
  /// The foundation model, or the base model of the custom model; nil if AWS doesn't say.
  public var modelID: String?
  /// nil if it serves the foundation model itself.
  public var customModelARN: String?
  /// Model units in service; nil if AWS doesn't say.
  public var modelUnits: Int?
  /// Differs from ``modelUnits`` during a change.
  public var desiredModelUnits: Int?
  /// `Creating`, `InService`, `Updating` or `Failed`.
  public var status: String?
  /// `OneMonth` or `SixMonths`; nil without a commitment.
  public var commitment: String?
  /// ISO 8601, as AWS wrote it.
  public var commitmentExpires: String?
  /// The quotas of model units that apply to it, as far as they are known; see ``withQuotas(in:)``.
  public internal(set) var quotas: [Quota] = []

  package init(_ summary: ProvisionedModelSummary) {
    func resource(_ arn: String?) -> String? { arn.flatMap { ARN($0) }?.resourceID }
    name = summary.provisionedModelName
    arn = summary.provisionedModelArn
    let served = summary.modelArn
    let isCustom = served.map { ARN($0)?.resourceType != "foundation-model" } ?? false
    modelID = resource(summary.foundationModelArn) ?? (isCustom ? nil : resource(served))
    customModelARN = isCustom ? served : nil
    modelUnits = summary.modelUnits
    desiredModelUnits = summary.desiredModelUnits
    status = summary.status
    commitment = summary.commitmentDuration
    commitmentExpires = summary.commitmentExpirationTime
  }

  /// Whether an id names it: its ARN, its name, or the id at the end of its ARN.
  func isNamed(_ id: String) -> Bool { id == arn || id == name || id == ARN(arn)?.resourceID }

  /// Whether it serves the model, with any context length.
  func serves(_ model: ModelID) -> Bool { modelID.flatMap { ModelID($0) }?.base == model.base }

  /// A copy with the quotas that limit its model units: the model's, and without a commitment those across all models.
  public func withQuotas(in context: QuotaContext) -> ProvisionedThroughput {
    let resolver = context.resolver
    var copy = self
    if let model = modelID.flatMap({ ModelID($0) }) {
      let own = resolver.resolve(InvokedID(model)).quotas.map(\.quota)
      let units = own.filter { $0.name.measure == .modelUnits }
      // A model with several forms of its own names none of them; then all are given.
      copy.quotas = units.isEmpty ? resolver.quotasNaming(model).filter { $0.name.measure == .modelUnits } : units
    }
    guard commitment == nil else { return copy }
    copy.quotas += context.inventory.quotas.filter { quota in
      customModelARN == nil ? quota.name.isAcrossBaseModels : quota.name.isAcrossCustomModels
    }
    return copy
  }
}

extension QuotaDiscovery {
  /// Every provisioned throughput of the account in the Region.
  ///
  /// Needs the IAM action `bedrock:ListProvisionedModelThroughputs`.
  public func provisionedThroughputs() async throws -> [ProvisionedThroughput] {
    try await provisionedModels().map(ProvisionedThroughput.init)
  }

  /// The same in AWS's shape.
  package func provisionedModels() async throws -> [ProvisionedModelSummary] {
    let client = client
    let paginator = Paginator<ProvisionedModelPage>(
      operation: "ListProvisionedModelThroughputs", token: { $0.nextToken },
      fetch: { try await client.call(BedrockAPI.listProvisionedModelThroughputs(nextToken: $0)) })
    return try await paginator.all().flatMap(\.provisionedModelSummaries)
  }
}
