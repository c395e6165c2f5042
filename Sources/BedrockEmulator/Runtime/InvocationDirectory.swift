import AWSServer
import BedrockQuotas
import Synchronization

/// Finds the invocation target of a `modelId`, with the meters of the quotas that apply to it.
final class InvocationDirectory: Sendable {
  /// The most targets that are cached, at a few hundred bytes each. A full cache is emptied.
  private static let cachedMax = 10_000

  private struct State {
    var targets: [String: InvocationTarget] = [:]
    /// Pools of the enforcer, by the quotas in them.
    var pools: [[String]: Int] = [:]
    var deniedModels: Set<String>
  }

  private let models: ModelDirectory
  private let quotas: QuotaBook
  private let enforcer: QuotaEnforcer
  private let state: Mutex<State>

  init(models: ModelDirectory, quotas: QuotaBook, enforcer: QuotaEnforcer, deniedModels: Set<String>) {
    self.models = models
    self.quotas = quotas
    self.enforcer = enforcer
    state = Mutex(State(deniedModels: deniedModels))
  }

  /// The target of an id.
  /// - Throws: Bedrock's `ValidationException`, `AccessDeniedException` or `ResourceNotFoundException`.
  func target(for id: String) throws(AWSFault) -> InvocationTarget {
    if let known = state.withLock({ $0.targets[id] }) {
      try checkAccess(known.model, known.dimension)
      return known
    }
    let reference = try models.reference(to: id)
    try checkAccess(reference.model, reference.dimension)
    let target = target(for: reference)
    state.withLock { state in
      if state.targets.count >= Self.cachedMax { state.targets.removeAll() }
      state.targets[id] = target
    }
    return target
  }

  /// The model of an id of CountTokens.
  /// - Throws: Bedrock's `ValidationException`, `AccessDeniedException` or `ResourceNotFoundException`.
  func countable(_ id: String) throws(AWSFault) -> ModelID {
    let model = try models.countable(id)
    try checkAccess(model, model.description)
    return model
  }

  /// The CloudWatch dimension of an id, even if access to it is denied; nil if it can't be invoked.
  func dimension(of id: String) -> String? { try? models.reference(to: id).dimension }

  /// The quotas of batch inference that name a model, with the values in force.
  func batchQuotas(of model: ModelID) -> BatchQuotas {
    BatchQuotas(models.quotasNaming(model), value: quotas.value(of:))
  }

  /// Whether the account lists this model or profile.
  func knows(_ id: String) -> Bool { models.knows(id) }

  /// Looks every target up again.
  func forgetTargets() { state.withLock { $0.targets.removeAll() } }

  /// Denies access to these models or profiles, and to no others, from now on.
  func setDeniedModels(_ ids: Set<String>) { state.withLock { $0.deniedModels = ids } }

  /// Whether access to a model is denied.
  func denies(_ model: ModelID) -> Bool { state.withLock { $0.deniedModels.contains(model.description) } }

  private func checkAccess(_ model: ModelID, _ dimension: String) throws(AWSFault) {
    guard state.withLock({ $0.deniedModels.contains(model.description) || $0.deniedModels.contains(dimension) }) else { return }
    throw AWSFault(
      code: "AccessDeniedException", message: "You don't have access to the model with the specified model ID.", status: 403)
  }

  private func target(for reference: ModelDirectory.Reference) -> InvocationTarget {
    let (model, facts) = (reference.model, models.facts)
    let resolution = reference.quotaID.flatMap(models.resolution)
    let bound = resolution?.quotas.map(\.quota) ?? []
    let longContextPool = variantPool(.context1M, resolution, orElse: bound)
    // Asynchronous invocations have concurrency quotas of their own.
    let own = bound.filter { !$0.name.countsAsynchronously }
    let counted = AsyncModel(model).map { kind in bound.filter { kind.isCounted(by: $0.name) } }
    let window = facts.contextWindowMax(of: model)
    return InvocationTarget(
      dimension: reference.dimension, model: model, family: ModelFamilies.family(of: model),
      // A model with quotas for the 1M context accepts a million tokens.
      contextWindow: longContextPool == nil ? window : max(window ?? 0, 1_000_000),
      maxOutputTokens: facts.maxOutputTokensMax(of: model),
      outputBurndown: facts.outputBurndown(of: model) ?? 1,
      streams: models.canStream(model), readsPictures: models.readsPictures(model),
      pool: pool(of: own, scope: resolution?.scope ?? .other, dimension: reference.dimension),
      latencyOptimizedPool: variantPool(.latencyOptimized, resolution),
      asyncPool: counted.map {
        pool(of: $0, scope: resolution?.scope ?? .other, dimension: "async:\(reference.dimension)")
      },
      longContextPool: longContextPool)
  }
}

// MARK: - Pools

extension InvocationDirectory {
  /// A quota as a meter of the enforcer.
  private typealias Meter = (code: String, name: String, measure: QuotaLedger.Measure, value: Double, factor: Int64)

  private func variantPool(_ variant: QuotaVariant, _ resolution: Resolution?, orElse bound: [Quota] = []) -> Int? {
    guard let resolution else { return nil }
    let quotas = resolution.variants.filter { $0.variant == variant }.map(\.quota)
    guard !quotas.isEmpty else { return nil }
    // For measures that have no quota of the variant, the ordinary quota applies.
    let measures = Set(quotas.map(\.name.measure))
    return pool(
      of: quotas + bound.filter { !measures.contains($0.name.measure) }, scope: resolution.scope, dimension: resolution.id)
  }

  /// The pool of these quotas. Ids with the same quotas share it; an id without quotas has one of its own.
  private func pool(of bound: [Quota], scope: QuotaScope, dimension: String) -> Int {
    let meters = bound.compactMap { meter(of: $0, scope: scope) }
    let key = meters.isEmpty ? [dimension] : meters.map { "\($0.code)×\($0.factor)" }.sorted()
    if let known = state.withLock({ $0.pools[key] }) { return known }
    let made = enforcer.pool(meters)
    // The enforcer isn't told of changes to quotas that it had no meter for, so read the values again.
    for meter in meters {
      let value = quotas.value(of: meter.code) ?? .infinity
      if value != meter.value { enforcer.setQuota(code: meter.code, value: value) }
    }
    return state.withLock { state in
      let pool = state.pools[key] ?? made
      state.pools[key] = pool
      return pool
    }
  }

  private func meter(of quota: Quota, scope: QuotaScope) -> Meter? {
    // Tokens per day across models are weighted by price, which AWS doesn't publish, so they aren't enforced.
    guard quota.name.scope != .other, let measure = QuotaLedger.Measure(rawValue: quota.name.measure.rawValue) else { return nil }
    let isDoubled = measure == .tpd && scope == .crossRegion && quota.name.isDoubledAcrossRegions
    return (quota.code, quota.name.text, measure, quotas.value(of: quota.code) ?? .infinity, isDoubled ? 2 : 1)
  }
}
