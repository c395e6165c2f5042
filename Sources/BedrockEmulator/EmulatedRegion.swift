import AWSServer
import BedrockQuotas
import Foundation

/// One Region of the emulated account: its services and the state that they share.
struct EmulatedRegion: Sendable {
  let account: EmulatedAccount
  let quotas: QuotaBook
  let enforcer: QuotaEnforcer
  let reserved: ReservedMeters
  let directory: InvocationDirectory
  let metrics: MetricStore
  let runtime: BedrockRuntimeService
  let mantle: MantleService
  private let guardrails: GuardrailService
  private let asyncInvokes: AsyncInvokeService
  private let batchJobs: BatchJobService
  private let profiles: InferenceProfileStore
  private let clock: EmulatorClock
  private let increases: QuotaIncreaseRequests
  private let serviceQuotas: ServiceQuotasService
  private let bedrock: BedrockService
  private let cloudWatch: CloudWatchService

  init(
    _ account: EmulatedAccount, behaviour: Emulator.Behaviour, faults: SharedFaults, script: ReplyScript,
    increases: QuotaIncreaseRequests, tokens: PageToken, clock: EmulatorClock,
    background: BackgroundJobs
  ) throws {
    self.account = account
    self.clock = clock
    self.increases = increases
    let seed = behaviour.replies.seed
    quotas = try QuotaBook(account)
    let profiles = InferenceProfileStore(account) { [quotas] in quotas.value(of: InferenceProfileStore.quotaCode) }
    let models = ModelDirectory(account, profiles: profiles, facts: .builtIn)
    let history = LazyHistory(days: behaviour.historyDays, seed: seed, end: clock.date) { models.traffic() }
    let metrics = MetricStore(history: { history.value })
    enforcer = QuotaEnforcer(
      semantics: behaviour.semantics, reservationFactor: behaviour.reservationFactor, seed: seed, clock: clock,
      announcesWaits: behaviour.replies.sendsRetryAfter
    ) { record in metrics.record(record, at: clock.date(at: record.instant)) }
    reserved = ReservedMeters(semantics: behaviour.semantics, clock: clock)
    directory = InvocationDirectory(
      models: models, quotas: quotas, enforcer: enforcer, deniedModels: behaviour.deniedModels)
    self.metrics = metrics
    self.profiles = profiles
    runtime = BedrockRuntimeService(
      directory: directory, enforcer: enforcer, reserved: reserved, metrics: metrics, clock: clock, settings: behaviour.replies,
      faults: faults, script: script)
    mantle = MantleService(
      runtime, directory: MantleDirectory(account, models: models, quotas: quotas),
      enforcer: MantleEnforcer(
        semantics: behaviour.semantics, seed: seed, clock: clock, announcesWaits: behaviour.replies.sendsRetryAfter))
    serviceQuotas = ServiceQuotasService(
      quotas, increases: increases, tokens: tokens, accountID: account.accountID, region: account.region)
    guardrails = GuardrailService(
      guardrails: GuardrailStore(account) { [quotas] in quotas.value(of: $0) },
      meters: GuardrailMeters(clock: clock) { [quotas] in quotas.value(of: $0) }, metrics: GuardrailMetrics(store: metrics),
      clock: clock)
    bedrock = try BedrockService(
      account, profiles: profiles, guardrails: guardrails.guardrails, tokens: tokens,
      denies: { [directory] id in ModelID(id).map(directory.denies) ?? false })
    asyncInvokes = AsyncInvokeService(
      region: account.region, runtime: runtime, bedrock: bedrock, background: background, s3: behaviour.s3,
      invocations: SubmittedJobs(account, tags: bedrock.resourceTags))
    batchJobs = BatchJobService(
      runtime: runtime, bedrock: bedrock, background: background, s3: behaviour.s3,
      jobs: SubmittedJobs(account, tags: bedrock.resourceTags))
    cloudWatch = CloudWatchService(store: metrics, accountID: account.accountID, region: account.region, tokens: tokens)
    profiles.onChange { [directory] in
      models.forgetQuotas()
      directory.forgetTargets()
    }
    // A quota without a value is unknown, not 0: it limits nothing.
    quotas.onChange { [enforcer, mantle] code, value in
      enforcer.setQuota(code: code, value: value ?? .infinity)
      mantle.enforcer.setQuota(code: code, value: value ?? .infinity)
    }
  }

  func respond(to request: ServerRequest, service: EmulatedService, requestID: String) async throws(AWSFault) -> ServerResponse {
    // An approval changes the quota when it is due, whoever calls first.
    increases.advance(to: clock.date)
    switch service {
    case .serviceQuotas: return try serviceQuotas.respond(to: request, now: clock.date)
    case .cloudWatch:
      // The metrics include foreign traffic up to now.
      enforcer.catchUp()
      return try cloudWatch.respond(to: request, body: RequestBody.inflated(request), now: clock.date)
    case .cloudWatchCBOR:
      throw AWSFault(
        code: "UnknownOperationException",
        message: "This emulator serves CloudWatch in awsJson1_0 and in the query protocol, not in rpcv2Cbor.", status: 404)
    case .cloudWatchQuery:
      enforcer.catchUp()
      var inflated = request
      inflated.body = try RequestBody.inflated(request)
      return try cloudWatch.respond(toForm: inflated, requestID: requestID, now: clock.date)
    case .bedrock:
      switch BedrockRoute(request) {
      case .invocation(let operation, let modelID):
        return try await runtime.respond(to: request, operation: operation, modelID: modelID)
      case .applyGuardrail(let id, let version): return try guardrails.apply(id, version: version, request)
      case .startAsyncInvoke: return try asyncInvokes.start(request)
      case .getAsyncInvoke(let arn): return try asyncInvokes.get(arn)
      case .listAsyncInvokes: return try asyncInvokes.list(request.query)
      case .createModelInvocationJob: return try batchJobs.create(request)
      case .getModelInvocationJob(let id): return try batchJobs.get(id)
      case .stopModelInvocationJob(let id): return try batchJobs.stop(id)
      case .listModelInvocationJobs: return try batchJobs.list(request.query)
      default: return try bedrock.respond(to: request, now: clock.date)
      }
    case .compatible(let api): return try await runtime.respond(to: request, api: api)
    case .mantle(let asked): return try await mantle.respond(to: request, asked)
    case .sts: throw AWSFault(code: "InvalidAction", message: "STS has no Regions here.")
    }
  }

  /// Starts foreign traffic that uses a share of a model's quotas; it replaces the model's earlier foreign traffic.
  func setForeign(modelID: String, share: Double) throws(EmulatorError) {
    do {
      let target = try directory.target(for: modelID)
      enforcer.setForeign(modelID: target.dimension, pool: target.pool, share: share)
    } catch {
      throw EmulatorError(.account, "\(modelID): \(error.message)", underlying: error)
    }
  }

  /// Sets the capacity of the service tier `reserved` for a model or profile; without tokens it has none.
  func setReserved(_ tokens: ReservedTokens, modelID: String) throws(EmulatorError) {
    do {
      let target = try directory.target(for: modelID)
      reserved.set(tokens, pool: target.pool, modelID: target.dimension)
    } catch {
      throw EmulatorError(.account, "\(modelID): \(error.message)", underlying: error)
    }
  }

  /// Restores the initial state: full meters, the quotas as loaded, the settings, foreign traffic and denied models of `behaviour`, an
  /// empty cache, and no metrics but the made-up past. The clock isn't touched. A request in flight no longer changes any meter; it
  /// appears in the metrics when it ends.
  func reset(to behaviour: Emulator.Behaviour, isMain: Bool) {
    quotas.reset()
    enforcer.reset()
    enforcer.setReservationFactor(behaviour.reservationFactor)
    reserved.reset()
    guardrails.meters.reset()
    asyncInvokes.reset()
    batchJobs.jobs.reset()
    cloudWatch.reset()
    runtime.cache.reset()
    runtime.responses.reset()
    mantle.reset()
    profiles.reset()
    bedrock.reset()
    directory.setDeniedModels(behaviour.deniedModels)
    guard isMain else { return }
    // This can't fail, because it succeeded at the start.
    for (id, share) in behaviour.foreignTraffic { try? setForeign(modelID: id, share: share) }
    for (id, tokens) in behaviour.reservedCapacity { try? setReserved(tokens, modelID: id) }
  }
}

extension MetricStore {
  /// Records foreign requests of one instant, and their tokens.
  fileprivate func record(_ foreign: QuotaEnforcer.ForeignRecord, at date: Date) {
    guard foreign.requests > 0 else { return }
    let (each, rest) = foreign.tokens.quotientAndRemainder(dividingBy: foreign.requests)
    for (requests, tokens) in [(Int(foreign.requests) - 1, Int(each)), (1, Int(each + rest))] where requests > 0 {
      record(
        InvocationRecord(
          modelID: foreign.modelID, outcome: .success, requests: requests, tokens: TokenCounts(input: tokens, output: 0),
          quotaTokens: tokens), at: date)
    }
  }
}
