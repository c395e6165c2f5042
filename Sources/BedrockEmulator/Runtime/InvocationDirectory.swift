import AWSServer
import AWSWire
import BedrockQuotas
import Synchronization

/// Finds what a `modelId` stands for, or why it can't be invoked, as Bedrock says it.
final class InvocationDirectory: Sendable {
  /// As many ids as one server may be asked for before it forgets them all; each is a few hundred bytes.
  private static let cachedMax = 10_000

  private struct State {
    var resolver: QuotaResolver?
    var targets: [String: InvocationTarget] = [:]
    var pools: [[String]: Int] = [:]
    var deniedModels: Set<String>
  }

  private let account: EmulatedAccount
  private let quotas: QuotaBook
  private let enforcer: QuotaEnforcer
  private let facts: Facts
  private let models: [String: FoundationModel]
  private let state: Mutex<State>

  init(account: EmulatedAccount, quotas: QuotaBook, enforcer: QuotaEnforcer, facts: Facts, deniedModels: Set<String>) {
    self.account = account
    self.quotas = quotas
    self.enforcer = enforcer
    self.facts = facts
    models = Dictionary(account.models.map { ($0.modelId, $0) }) { first, _ in first }
    state = Mutex(State(deniedModels: deniedModels))
  }

  /// - Throws: Bedrock's `ValidationException`, `AccessDeniedException` or `ResourceNotFoundException`.
  func target(for id: String) throws(AWSFault) -> InvocationTarget {
    if let known = state.withLock({ $0.targets[id] }) {
      try checkAccess(known.model, known.dimension)
      return known
    }
    let reference = try resolve(id)
    try checkAccess(reference.model, reference.dimension)
    let target = target(for: reference)
    state.withLock { state in
      if state.targets.count >= Self.cachedMax { state.targets.removeAll() }
      state.targets[id] = target
    }
    return target
  }

  /// What CloudWatch calls an id that can be invoked, with access to it or without; nil for any other.
  func dimension(of id: String) -> String? { try? resolve(id).dimension }

  /// Whether the account lists this model or profile, whatever its throughput.
  func knows(_ id: String) -> Bool { models[id] != nil || dimension(of: id) != nil }

  private func checkAccess(_ model: ModelID, _ dimension: String) throws(AWSFault) {
    guard state.withLock({ $0.deniedModels.contains(model.description) || $0.deniedModels.contains(dimension) }) else { return }
    throw AWSFault(
      code: "AccessDeniedException", message: "You don't have access to the model with the specified model ID.", status: 403)
  }

  /// Models that the account has no access to, from now on.
  func setDeniedModels(_ ids: Set<String>) { state.withLock { $0.deniedModels = ids } }

  /// What a `modelId` names, before its quotas are looked up.
  private struct Reference {
    var dimension: String
    var model: ModelID
    /// What the quotas are looked up for; nil: none apply.
    var quotaID: String?
  }

  private static let invalid = AWSFault(code: "ValidationException", message: "The provided model identifier is invalid.")

  private func resolve(_ id: String) throws(AWSFault) -> Reference {
    guard let invoked = InvokedID(id, facts: facts), isOfThisRegion(invoked) else { throw Self.invalid }
    switch invoked.kind {
    case .model(let model):
      try checkOnDemand(model)
      return Reference(dimension: model.description, model: model, quotaID: model.description)
    case .systemProfile(let profile):
      guard account.profiles.contains(where: { $0.inferenceProfileId == profile.description }) else { throw Self.invalid }
      return Reference(dimension: profile.description, model: profile.model, quotaID: profile.description)
    case .applicationProfile, .name:
      guard
        let profile = account.profiles.first(where: { $0.inferenceProfileArn == id || $0.inferenceProfileId == id }),
        let model = profile.models.lazy.compactMap({ $0.modelArn?.split(separator: "/").last }).first.flatMap({
          ModelID(String($0))
        })
      else { return try provisioned(id) }
      return Reference(dimension: profile.inferenceProfileId, model: model, quotaID: profile.inferenceProfileArn)
    case .provisionedModel: return try provisioned(id)
    case .customModelDeployment, .customModel, .importedModel, .promptRouter, .prompt, .marketplaceEndpoint:
      throw AWSFault(
        code: "ResourceNotFoundException", message: "The emulated account has no such resource: \(id.prefix(200))", status: 404)
    }
  }

  /// A Region's endpoint takes ARNs of its own Region only.
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
      let found = account.provisioned.first(where: { $0.provisionedModelArn == reference || $0.provisionedModelName == reference }
      ),
      let model = (found.foundationModelArn ?? "").split(separator: "/").last.flatMap({ ModelID(String($0)) })
    else { throw Self.invalid }
    guard found.status == "InService" else {
      throw AWSFault(
        code: "ResourceNotFoundException", message: "The provisioned model \(found.provisionedModelName) is not in service.",
        status: 404)
    }
    // Provisioned throughput is bound by its model units, not by requests or tokens per minute.
    return Reference(dimension: found.provisionedModelArn, model: model.base, quotaID: nil)
  }
}

// MARK: - Quotas

extension InvocationDirectory {
  private func target(for reference: Reference) -> InvocationTarget {
    let model = reference.model
    let resolution = reference.quotaID.flatMap { resolve(quotasOf: $0) }
    let bound = resolution?.quotas.map(\.quota) ?? []
    let longContextPool = variantPool(.context1M, resolution, orElse: bound)
    let window = facts.contextWindow(of: model)
    return InvocationTarget(
      dimension: reference.dimension, model: model, family: ModelFamilies.family(of: model),
      // A model that has quotas of its own for a million tokens takes as many.
      contextWindow: longContextPool == nil ? window : max(window ?? 0, 1_000_000),
      maxOutputTokens: facts.maxOutputTokens(of: model),
      outputBurndown: facts.outputBurndown(of: model) ?? 1,
      streams: models[model.description]?.responseStreamingSupported ?? true,
      pool: pool(of: bound, scope: resolution?.scope ?? .other, dimension: reference.dimension),
      latencyOptimizedPool: variantPool(.latencyOptimized, resolution),
      longContextPool: longContextPool)
  }

  private func resolve(quotasOf id: String) -> Resolution? {
    guard let invoked = InvokedID(id, facts: facts) else { return nil }
    return resolver().resolve(invoked)
  }

  /// Made at the first invocation, for most commands that start an emulator invoke nothing.
  private func resolver() -> QuotaResolver {
    if let made = state.withLock({ $0.resolver }) { return made }
    let all = (account.defaults + account.applied).reduce(into: [String: Quota]()) { found, quota in
      let name = QuotaName(quota.quotaName ?? quota.quotaCode)
      found[quota.quotaCode] = Quota(code: quota.quotaCode, name: name, appliedValue: quota.value, family: "")
    }
    let resolver = QuotaResolver(
      quotas: all.values.sorted { $0.code < $1.code },
      models: account.models.compactMap { model in
        ModelID(model.modelId).map {
          .init(
            id: $0, name: model.modelName, inferenceTypes: model.inferenceTypesSupported ?? [],
            customizations: model.customizationsSupported ?? [])
        }
      },
      profiles: account.profiles.map {
        .init(
          id: $0.inferenceProfileId, arn: $0.inferenceProfileArn, modelARNs: $0.models.compactMap(\.modelArn),
          isApplication: $0.type == "APPLICATION")
      }, region: account.region, facts: facts)
    state.withLock { $0.resolver = resolver }
    return resolver
  }

  private func variantPool(_ variant: QuotaVariant, _ resolution: Resolution?, orElse bound: [Quota] = []) -> Int? {
    guard let resolution else { return nil }
    let quotas = resolution.variants.filter { $0.variant == variant }.map(\.quota)
    guard !quotas.isEmpty else { return nil }
    // What the variant has no quota of its own for stays with the model's ordinary one.
    let measures = Set(quotas.map(\.name.measure))
    return pool(
      of: quotas + bound.filter { !measures.contains($0.name.measure) }, scope: resolution.scope, dimension: resolution.id)
  }

  /// Ids that the same quotas bind share one pool.
  private func pool(of bound: [Quota], scope: QuotaScope, dimension: String) -> Int {
    let specs = bound.compactMap {
      quota -> (code: String, name: String, measure: QuotaLedger.Measure, value: Double, factor: Int64)? in
      // The cross-model tokens per day are accounted by price, which no one outside knows; they are never enforced here.
      guard quota.name.scope != .other, let measure = QuotaLedger.Measure(rawValue: quota.name.measure.rawValue) else {
        return nil
      }
      let isDoubled = measure == .tpd && scope == .crossRegion && quota.name.isDoubledAcrossRegions
      return (quota.code, quota.name.text, measure, quotas.value(of: quota.code) ?? .infinity, isDoubled ? 2 : 1)
    }
    // Models that no quota binds have nothing in common.
    let key = specs.isEmpty ? [dimension] : specs.map { "\($0.code)×\($0.factor)" }.sorted()
    if let known = state.withLock({ $0.pools[key] }) { return known }
    let made = enforcer.pool(specs)
    // A value that changed before its meter was there would have been missed.
    for spec in specs {
      let now = quotas.value(of: spec.code) ?? .infinity
      if now != spec.value { enforcer.setQuota(code: spec.code, value: now) }
    }
    return state.withLock { state in
      let pool = state.pools[key] ?? made
      state.pools[key] = pool
      return pool
    }
  }

  /// Everything that can be invoked and its limits per minute, for a made-up past.
  func invocable() -> [(modelID: String, requestsPerMinute: Double?, tokensPerMinute: Double?, outputBurndown: Int)] {
    let ids = account.models.map(\.modelId) + account.profiles.map(\.inferenceProfileId)
    return ids.compactMap { id in
      guard let reference = try? resolve(id), ModelFamilies.supportsConverse(reference.model) else { return nil }
      let bound = reference.quotaID.flatMap { resolve(quotasOf: $0) }?.quotas.map(\.quota) ?? []
      func limit(_ measure: QuotaMeasure) -> Double? {
        bound.first { $0.name.measure == measure }?.value  // As loaded: the past does not change.
      }
      return (reference.dimension, limit(.rpm), limit(.tpm), facts.outputBurndown(of: reference.model) ?? 1)
    }
  }
}
