import AWSServer
import AWSWire
import BedrockQuotas

/// bedrock-mantle in one Region: Chat Completions, Responses and Messages, with paths, quotas and metrics of their own.
struct MantleService: Sendable {
  /// Writes the replies, as those of its own endpoint.
  private let runtime: BedrockRuntimeService
  private let directory: MantleDirectory
  let enforcer: MantleEnforcer
  private let cache = PromptCache()
  private let responses = ResponseStore()
  private let background = BackgroundResponses()
  private let catalog = MantleCatalog()

  init(_ runtime: BedrockRuntimeService, directory: MantleDirectory, enforcer: MantleEnforcer) {
    self.runtime = runtime
    self.directory = directory
    self.enforcer = enforcer
  }

  func reset() {
    enforcer.reset()
    cache.reset()
    // In this order: a response that ends now can't be kept after the others are forgotten.
    background.reset()
    responses.reset()
  }

  func respond(to request: ServerRequest, _ asked: MantleRequest) async throws(AWSFault) -> ServerResponse {
    switch asked.route(request.method) {
    case .inference(let api, let surface): return try await infer(request, api, surface)
    case .models:
      let models = entries().map { Self.json($0.model.id) }
      return .json(JSONValue.object([.init("object", "list"), .init("data", .array(models))]).data)
    case .model(let id): return .json(Self.json(try entry(id).model.id).data)
    case .response(let id):
      // In this order: a response that ends meanwhile is kept in the store before the background forgets it.
      guard let response = background.response(id) ?? responses.conversation(id)?.response else { throw Self.noResponse(id) }
      guard request.method == "DELETE" else { return .json(response.data) }
      background.forget(id)
      responses.forget(id)
      return .json(
        JSONValue.object([.init("id", .string(id)), .init("object", "response.deleted"), .init("deleted", true)]).data)
    case .cancellation(let id):
      if let response = background.cancel(id) { return .json(response.data) }
      guard responses.conversation(id) != nil else { throw Self.noResponse(id) }
      throw .invalid("Cannot cancel a completed response.")
    case .unknown:
      throw AWSFault(
        code: "UnknownOperationException",
        message: "bedrock-mantle has no \(request.method) \(asked.path.prefix(100)) here; see docs/emulator.md for its paths.",
        status: 404)
    }
  }

  private static func noResponse(_ id: String) -> AWSFault {
    AWSFault(
      code: "UnknownOperationException", message: "Response with id '\(id.prefix(100))' not found.", status: 404)
  }

  /// Source: developers.openai.com/api/reference/resources/models. The date is that of the endpoint.
  private static func json(_ id: String) -> JSONValue {
    ["id": .string(id), "object": "model", "created": 1_764_547_200, "owned_by": "system"]
  }

  private func entries() -> [MantleCatalog.Entry] {
    catalog.entries {
      directory.all().map { model in
        .init(
          model: model, target: directory.target(model, pool: enforcer.pool(input: model.input, output: model.output)))
      }
    }
  }

  /// The model of an id: as this endpoint lists it, or as ListFoundationModels does.
  private func entry(_ id: String) throws(AWSFault) -> MantleCatalog.Entry {
    let entries = entries()
    if let found = entries.first(where: { $0.model.id == id || $0.model.listed.description == id }) { return found }
    throw AWSFault(
      code: "ResourceNotFoundException",
      message:
        "The model '\(id.prefix(200))' does not exist. bedrock-mantle takes ids without a geography; GET /v1/models lists them.",
      status: 404)
  }
}

// MARK: - Inference

extension MantleService {
  private func infer(
    _ request: ServerRequest, _ api: CompatibleAPI, _ surface: MantleRequest.Surface
  ) async throws(AWSFault) -> ServerResponse {
    guard let json = try? JSONValue(request.body), json.members != nil else {
      throw .invalid("The request body is not a JSON object.")
    }
    let body = BodyReader(json, api.dialect)
    let project = try MantleProject.id(of: request, api)
    let modelID = try body.required("model").string()
    let entry = try entry(modelID)
    let target = entry.target
    @Sendable func record(_ outcome: MantleRecord.Outcome, _ tokens: TokenCounts = .init(input: 0, output: 0)) {
      runtime.metrics.record(
        MantleRecord(model: target.dimension, project: project, outcome: outcome, tokens: tokens), at: runtime.clock.date)
    }
    let call: RuntimeCall
    do throws(AWSFault) {
      guard !runtime.directory.denies(target.model) else { throw RuntimeError.accessDenied.fault() }
      if let refusal = MantleModels.refusal(of: modelID, entry.model.row, api, on: surface) { throw refusal }
      call = try read(body, request, api, modelID: modelID, target)
    } catch {
      if api != .countTokens { record(.clientError) }
      throw error
    }
    if api == .countTokens {
      return .json(JSONValue.object([.init("input_tokens", .integer(call.input.inputTokens))]).data)
    }
    return try await perform(
      call, bytes: request.body.count, modelID: modelID, on: target, client: request.client, record)
  }

  private func read(
    _ body: BodyReader, _ request: ServerRequest, _ api: CompatibleAPI, modelID: String, _ target: InvocationTarget
  ) throws(AWSFault) -> RuntimeCall {
    // Source: docs.aws.amazon.com/bedrock/latest/userguide/inference-messages-api.html; its words aren't known.
    if api == .messages, body["output_config"]?["format"] != nil {
      throw .invalid("output_config.format: Structured output is not supported on this endpoint.")
    }
    let call = try api.call(body, request, modelID: modelID, target, responses, remembersReplies: true)
    if api != .countTokens { try runtime.check(call, target) }
    return call
  }

  /// - Parameter bytes: the size of the request.
  private func perform(
    _ call: RuntimeCall, bytes: Int, modelID: String, on target: InvocationTarget, client: ClientPresence,
    _ record: @escaping @Sendable (MantleRecord.Outcome, TokenCounts) -> Void
  ) async throws(AWSFault) -> ServerResponse {
    let start = runtime.clock.moment
    let ids = [modelID, target.dimension, target.model.description]
    let taken = runtime.script.take(for: ids, call.operation, isText: true)
    if let refusal = taken?.reply.refusal {
      if refusal.status != 429 { record(.clientError, TokenCounts(input: 0, output: 0)) }
      throw refusal
    }
    let invocation: MantleInvocation
    do throws(AWSFault) {
      invocation = try admit(call.input, target, record)
    } catch {
      taken.map(runtime.script.putBack)
      throw error
    }
    let scripted = taken?.reply
    guard call.isBackground, let format = call.format as? Responses else {
      return try await runtime.answer(invocation, call, scripted: scripted, start: start, client: client)
    }
    let plan = runtime.plan(invocation, call.input, scripted, start)
    let (id, queued) = (format.id(of: plan.completion), format.queued(plan.completion))
    var call = call
    call.onReply = { [weak background, keep = call.onReply] completion in
      background?.complete(id) { keep(completion) }
    }
    try background.begin(id, queued, bytes: bytes) { [runtime, call] () throws(AWSFault) in
      let reply = try await runtime.answer(invocation, call, plan, scripted: scripted, client: .certain)
      guard !reply.isDropped else { throw RuntimeError.internalServer.fault() }
    }
    return .json(queued.data)
  }

  /// Reserves quota for a request, or throttles it.
  private func admit(
    _ input: InvocationInput, _ target: InvocationTarget,
    _ record: @escaping @Sendable (MantleRecord.Outcome, TokenCounts) -> Void
  ) throws(AWSFault) -> MantleInvocation {
    let cached = cache.tokens(cachedOf: input.cachePoints, model: target.model, at: runtime.clock.now)
    let lease: MantleLedger.Lease
    switch enforcer.reserve(pool: target.pool, tokens: input.inputTokens - cached + (input.maxTokens ?? target.assumedMaxTokens))
    {
    case .admitted(let granted): lease = granted
    // Its words aren't known here; these are bedrock-runtime's.
    case .throttled(let wait): throw runtime.throttling(.tpm, wait: wait)
    }
    let start = runtime.start(input, target, ordinal: lease.ordinal, cache)
    return MantleInvocation(
      lease, target: target, input: start.counts, fault: start.fault, random: start.random, enforcer: enforcer, record: record)
  }
}
