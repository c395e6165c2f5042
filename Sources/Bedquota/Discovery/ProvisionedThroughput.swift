import AWSClient
package import AWSWire
public import BedrockQuotas

/// Provisioned throughput that an account has bought, and how much more of it the quotas allow.
public struct ProvisionedThroughput: Sendable, Equatable {
  public var name: String
  public var arn: String
  /// The foundation model, or the one that the custom model was made of; nil where AWS doesn't say.
  public var modelID: String?
  /// nil where it serves the foundation model itself.
  public var customModelARN: String?
  public var modelUnits: Int?
  /// Differs from ``modelUnits`` while a change is under way.
  public var desiredModelUnits: Int?
  /// `Creating`, `InService`, `Updating` or `Failed`.
  public var status: String?
  /// `OneMonth` or `SixMonths`; nil where there is no commitment.
  public var commitment: String?
  /// ISO 8601, as it came.
  public var commitmentExpires: String?
  /// The quotas of model units that bind it, as far as they are known.
  public internal(set) var quotas: [Quota] = []

  package init(_ summary: ProvisionedModelSummary) {
    func resource(_ arn: String?) -> String? { arn?.split(separator: "/", maxSplits: 1).last.map(String.init) }
    name = summary.provisionedModelName
    arn = summary.provisionedModelArn
    let served = summary.modelArn
    let isCustom = served.map { !$0.contains(":foundation-model/") } ?? false
    modelID = resource(summary.foundationModelArn) ?? (isCustom ? nil : resource(served))
    customModelARN = isCustom ? served : nil
    modelUnits = summary.modelUnits
    desiredModelUnits = summary.desiredModelUnits
    status = summary.status
    commitment = summary.commitmentDuration
    commitmentExpires = summary.commitmentExpirationTime
  }

  /// Whether an id means it: its ARN, its name, or the id at the end of its ARN.
  func isNamed(_ id: String) -> Bool { id == arn || id == name || arn.hasSuffix("/\(id)") }

  /// Whether it serves this model in any of its forms.
  func serves(_ model: ModelID) -> Bool { modelID.flatMap { ModelID($0) }?.base == model.base }

  /// The same with the quotas for more of it: of the model, and without a commitment those across all models.
  func withQuotas(_ resolver: QuotaResolver, _ inventory: QuotaInventory) -> ProvisionedThroughput {
    var copy = self
    if let text = modelID, let model = ModelID(text) {
      let own = resolver.resolve(.model(model), id: text).quotas.map(\.quota)
      let units = own.filter { $0.name.measure == .modelUnits }
      // A model with several forms of its own names none of them; then all are given.
      copy.quotas = units.isEmpty ? resolver.quotasNaming(model).filter { $0.name.measure == .modelUnits } : units
    }
    guard commitment == nil else { return copy }
    let kind = customModelARN == nil ? "across base models" : "across custom models"
    copy.quotas += inventory.quotas.filter { $0.name.measure == .modelUnits && $0.name.text.hasSuffix(kind) }
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

  /// The same as AWS describes them.
  package func provisionedModels() async throws -> [ProvisionedModelSummary] {
    let client = client
    let paginator = Paginator<ProvisionedModelPage>(
      operation: "ListProvisionedModelThroughputs", token: { $0.nextToken },
      fetch: { try await client.call(BedrockAPI.listProvisionedModelThroughputs(nextToken: $0)) })
    var models: [ProvisionedModelSummary] = []
    for try await page in paginator { models += page.provisionedModelSummaries }
    return models
  }
}
