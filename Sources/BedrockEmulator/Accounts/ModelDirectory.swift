import AWSServer
import AWSWire
import BedrockQuotas
import Synchronization

/// Resolves the model ids of one Region of the account and finds the quotas that apply to them.
final class ModelDirectory: Sendable {
  /// The resource that a `modelId` names.
  struct Reference: Sendable {
    /// The value of CloudWatch's dimension `ModelId`.
    var dimension: String
    var model: ModelID
    /// The id to look up quotas for; nil if none apply.
    var quotaID: String?
  }

  let facts: Facts
  private let account: EmulatedAccount
  private let profiles: InferenceProfileStore
  private let models: [String: FoundationModel]
  /// The resolver is made at the first lookup, because most commands that start an emulator invoke nothing.
  private let resolver = Mutex<QuotaResolver?>(nil)

  init(_ account: EmulatedAccount, profiles: InferenceProfileStore, facts: Facts) {
    self.account = account
    self.profiles = profiles
    self.facts = facts
    models = Dictionary(account.models.map { ($0.modelId, $0) }) { first, _ in first }
  }

  /// Whether the account lists this model or profile, even if it can't be invoked on demand.
  func knows(_ id: String) -> Bool { models[id] != nil || (try? reference(to: id)) != nil }

  /// Whether the model can stream its replies; true if the account doesn't list it.
  func canStream(_ model: ModelID) -> Bool { models[model.description]?.responseStreamingSupported ?? true }

  /// Whether the model takes pictures; true if the account doesn't say what it takes.
  func readsPictures(_ model: ModelID) -> Bool { models[model.description]?.inputModalities?.contains("IMAGE") ?? true }

  /// The quotas that apply to an id; nil if it can't be an id.
  func resolution(of id: String) -> Resolution? {
    guard let invoked = InvokedID(id, facts: facts) else { return nil }
    return sharedResolver().resolve(invoked)
  }

  /// Every inference quota that names a model.
  func quotasNaming(_ model: ModelID) -> [Quota] { sharedResolver().quotasNaming(model) }

  private func sharedResolver() -> QuotaResolver {
    resolver.withLock { resolver in
      if let resolver { return resolver }
      let made = account.resolver(profiles: profiles.all, facts: facts)
      resolver = made
      return made
    }
  }

  /// Reads the profiles again at the next lookup.
  func forgetQuotas() { resolver.withLock { $0 = nil } }

  /// All ids that can be invoked with Converse, except application profiles, with their quotas per minute as they were loaded: the
  /// input of a made-up past.
  func traffic() -> [TrafficHistory.Model] {
    let ids = account.models.map(\.modelId) + account.profiles.filter { $0.type != "APPLICATION" }.map(\.inferenceProfileId)
    return ids.compactMap { id in
      guard let reference = try? reference(to: id), ModelFamilies.supportsConverse(reference.model) else { return nil }
      let quotas = reference.quotaID.flatMap(resolution)?.quotas.map(\.quota) ?? []
      func limit(_ measure: QuotaMeasure) -> Double? { quotas.first { $0.name.measure == measure }?.value }
      return TrafficHistory.Model(
        modelID: reference.dimension, requestsPerMinute: limit(.rpm), tokensPerMinute: limit(.tpm),
        outputBurndown: facts.outputBurndown(of: reference.model) ?? 1)
    }
  }
}

// MARK: - Ids

extension ModelDirectory {
  private static let invalid = AWSFault(code: "ValidationException", message: "The provided model identifier is invalid.")

  /// Resolves an id.
  /// - Throws: Bedrock's `ValidationException` or `ResourceNotFoundException`.
  func reference(to id: String) throws(AWSFault) -> Reference {
    guard let invoked = InvokedID(id, facts: facts), isOfThisRegion(invoked) else { throw Self.invalid }
    switch invoked.kind {
    case .model(let model):
      try checkOnDemand(model)
      return Reference(dimension: model.description, model: model, quotaID: model.description)
    case .systemProfile(let profile):
      guard profiles.find(profile.description) != nil else { throw Self.invalid }
      return Reference(dimension: profile.description, model: profile.model, quotaID: profile.description)
    case .applicationProfile, .name:
      guard
        let profile = profiles.find(id),
        let model = profile.models.lazy.compactMap({ $0.modelArn.flatMap(Self.model) }).first
      else { return try provisioned(id) }
      return Reference(dimension: profile.inferenceProfileId, model: model, quotaID: profile.inferenceProfileArn)
    case .provisionedModel: return try provisioned(id)
    case .customModelDeployment, .customModel, .importedModel, .promptRouter, .prompt, .marketplaceEndpoint:
      throw AWSFault(
        code: "ResourceNotFoundException", message: "The emulated account has no such resource: \(id.prefix(200))", status: 404)
    }
  }

  /// The model for which CountTokens counts: only under the model's own id or ARN, and whether or not it can be invoked on demand.
  /// - Throws: Bedrock's `ValidationException` or `ResourceNotFoundException`.
  func countable(_ id: String) throws(AWSFault) -> ModelID {
    guard let invoked = InvokedID(id, facts: facts), isOfThisRegion(invoked) else { throw Self.invalid }
    guard case .model(let model) = invoked.kind else {
      _ = try reference(to: id)
      throw Self.uncountable
    }
    guard models[model.description] != nil else { throw Self.invalid }
    guard facts.countsTokens(of: model) else { throw Self.uncountable }
    return model
  }

  private static let uncountable = AWSFault(
    code: "ValidationException", message: "The provided model doesn't support counting tokens.")

  /// The model of `arn:…:foundation-model/ID`.
  private static func model(_ arn: String) -> ModelID? { ARN(arn).flatMap { ModelID($0.resourceID) } }

  /// An endpoint accepts only ARNs of its own Region and account.
  private func isOfThisRegion(_ id: InvokedID) -> Bool {
    !id.isARN || (id.region == account.region && (id.account ?? account.accountID) == account.accountID)
  }

  private func checkOnDemand(_ model: ModelID) throws(AWSFault) {
    guard let listed = models[model.description] else { throw Self.invalid }
    let types = listed.inferenceTypesSupported ?? []
    if types.isEmpty || types.contains("ON_DEMAND") { return }
    throw AWSFault(
      code: "ValidationException",
      message: types.contains("INFERENCE_PROFILE")
        ? "Invocation of model ID \(model) with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model."
        : "The provided model doesn't support on-demand throughput.")
  }

  private func provisioned(_ reference: String) throws(AWSFault) -> Reference {
    guard
      let found = account.provisioned.first(where: { [$0.provisionedModelArn, $0.provisionedModelName].contains(reference) }),
      let model = found.foundationModelArn.flatMap(Self.model)
    else { throw Self.invalid }
    guard found.status == "InService" else {
      throw AWSFault(
        code: "ResourceNotFoundException", message: "The provisioned model \(found.provisionedModelName) is not in service.",
        status: 404)
    }
    // Model units, not quotas per minute, limit a provisioned model.
    return Reference(dimension: found.provisionedModelArn, model: model.base, quotaID: nil)
  }
}

extension EmulatedAccount {
  fileprivate func resolver(profiles: [InferenceProfile], facts: Facts) -> QuotaResolver {
    let all = (defaults + applied).reduce(into: [String: Quota]()) { found, quota in
      let name = QuotaName(quota.quotaName ?? quota.quotaCode)
      found[quota.quotaCode] = Quota(code: quota.quotaCode, name: name, appliedValue: quota.value, family: "")
    }
    return QuotaResolver(
      quotas: all.values.sorted { $0.code < $1.code },
      models: models.compactMap { model in
        ModelID(model.modelId).map {
          .init(
            id: $0, name: model.modelName, inferenceTypes: model.inferenceTypesSupported ?? [],
            customizations: model.customizationsSupported ?? [])
        }
      },
      profiles: profiles.map {
        .init(
          id: $0.inferenceProfileId, arn: $0.inferenceProfileArn, modelARNs: $0.models.compactMap(\.modelArn),
          isApplication: $0.type == "APPLICATION")
      }, region: region, facts: facts)
  }
}
