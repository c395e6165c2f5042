import AWSServer
import AWSWire
import BedrockQuotas
import Foundation

/// Bedrock's data plane in one Region: InvokeModel, Converse, their streams and CountTokens, in restJson1, and the APIs of other
/// vendors (``CompatibleAPI``).
struct BedrockRuntimeService: Sendable {
  enum Operation: String, Sendable {
    case invoke
    case invokeStream = "invoke-with-response-stream"
    case converse
    case converseStream = "converse-stream"
    case countTokens = "count-tokens"

    var isStream: Bool { self == .invokeStream || self == .converseStream }
    var isConverse: Bool { self == .converse || self == .converseStream }
  }

  let directory: InvocationDirectory
  let enforcer: QuotaEnforcer
  let reserved: ReservedMeters
  let metrics: MetricStore
  let clock: EmulatorClock
  let settings: ReplySettings
  let faults: SharedFaults
  let script: ReplyScript
  let cache = PromptCache()
  let responses = ResponseStore()

  /// Parses `/model/{modelId}/{operation}`; nil for any other path.
  static func route(_ path: Substring) -> (operation: Operation, modelID: String)? {
    // Bytes, because comparing characters takes many times as long.
    let (bytes, prefix) = (path.utf8, "/model/".utf8)
    guard bytes.starts(with: prefix), let slash = bytes.lastIndex(of: UInt8(ascii: "/")),
      let operation = Operation(rawValue: String(path[bytes.index(after: slash)...]))
    else { return nil }
    let start = bytes.index(bytes.startIndex, offsetBy: prefix.count)
    guard start < slash else { return nil }
    let id = path[start..<slash]
    return (operation, id.utf8.contains(UInt8(ascii: "%")) ? id.removingPercentEncoding ?? String(id) : String(id))
  }

  func respond(to request: ServerRequest, operation: Operation, modelID: String) async throws(AWSFault) -> ServerResponse {
    if operation == .countTokens {
      let model = try directory.countable(modelID)
      let input = try readCountTokens(try json(request, operation), model)
      return .json(JSONValue.object([.init("inputTokens", .integer(input.inputTokens))]).data)
    }
    let target = try target(modelID)
    let call = try recordingRefusal(by: target) { () throws(AWSFault) in try read(request, operation, target) }
    return try await perform(call, modelID: modelID, on: target, client: request.client)
  }

  /// Reserves quota for a call, and answers it.
  /// - Parameter modelID: as the request names it.
  func perform(
    _ call: RuntimeCall, modelID: String, on target: InvocationTarget, client: ClientPresence
  ) async throws(AWSFault) -> ServerResponse {
    let start = clock.moment
    let ids = [modelID, target.dimension, target.model.description]
    let taken = script.take(for: ids, call.operation, isText: call.input.work == .text)
    if let refusal = taken?.reply.refusal { throw refuse(refusal, target) }
    let invocation: OpenInvocation
    do throws(AWSFault) {
      invocation = try admit(call.input, target)
    } catch {
      taken.map(script.putBack)
      throw error
    }
    return try await answer(invocation, call, scripted: taken?.reply, start: start, client: client)
  }

  /// Reads a call and checks it against the limits of the model; a request that is refused is recorded.
  func recordingRefusal(
    by target: InvocationTarget, _ read: () throws(AWSFault) -> RuntimeCall
  ) throws(AWSFault) -> RuntimeCall {
    do throws(AWSFault) {
      let call = try read()
      try check(call, target)
      return call
    } catch {
      metrics.record(InvocationRecord(modelID: target.dimension, outcome: .rejected), at: clock.date)
      throw error
    }
  }

  func target(_ modelID: String) throws(AWSFault) -> InvocationTarget {
    do {
      return try directory.target(for: modelID)
    } catch {
      if error.status == 403, let dimension = directory.dimension(of: modelID) {
        metrics.record(InvocationRecord(modelID: dimension, outcome: .rejected), at: clock.date)
      }
      throw error
    }
  }

  /// Records a scripted refusal, which takes nothing of the quotas.
  private func refuse(_ refusal: AWSFault, _ target: InvocationTarget) -> AWSFault {
    let outcome: InvocationRecord.Outcome = refusal.code == "ThrottlingException" ? .throttled : .rejected
    metrics.record(InvocationRecord(modelID: target.dimension, outcome: outcome), at: clock.date)
    return refusal
  }

  /// Reserves quota for a request, or throttles it.
  private func admit(_ input: InvocationInput, _ target: InvocationTarget) throws(AWSFault) -> OpenInvocation {
    let maxTokens = input.work == .text ? input.maxTokens ?? target.assumedMaxTokens : 0
    var pool = target.pool
    if let long = target.longContextPool, input.inputTokens > InvocationTarget.longContextTokens { pool = long }
    if input.isLatencyOptimized, let optimized = target.latencyOptimizedPool { pool = optimized }
    // Reserved capacity is apart from the quotas; what doesn't fit into it overflows to them.
    let held =
      input.serviceTier == ServiceTierUse.reserved
      ? reserved.reserve(pool: target.pool, input: input.inputTokens, output: maxTokens) : nil
    let tier = ServiceTierUse(input.serviceTier, isReserved: held != nil)
    let lease: QuotaLedger.Lease
    let reservedOutput = enforcer.reservationFactor.tokens(maxTokens: maxTokens, burndown: target.outputBurndown)
    switch held.map({ .admitted(.none(ordinal: $0.ordinal)) })
      ?? enforcer.reserve(pool: pool, tokens: input.inputTokens + reservedOutput)
    {
    case .admitted(let granted): lease = granted
    case .throttled(let measure, let wait):
      metrics.record(InvocationRecord(modelID: target.dimension, outcome: .throttled, tier: tier), at: clock.date)
      throw throttling(measure, wait: wait)
    }
    let start = start(input, target, ordinal: lease.ordinal, cache)
    let metrics = metrics
    let clock = clock
    return OpenInvocation(
      lease, reserved: held, of: reserved, tier: tier, target: target, input: start.counts, reservedOutput: reservedOutput,
      fault: start.fault, random: start.random, enforcer: enforcer, record: { metrics.record($0, at: clock.date) })
  }

  /// What chance and the cache make of an admitted request.
  /// - Parameters:
  ///   - ordinal: zero-based position of the request among those that were admitted.
  ///   - cache: that of the endpoint.
  func start(
    _ input: InvocationInput, _ target: InvocationTarget, ordinal: UInt64, _ cache: PromptCache
  ) -> (fault: FaultPlan.Fault?, random: SplitMix64, counts: TokenCounts) {
    var random = SplitMix64(seed: SplitMix64.mix(settings.seed ^ ordinal &* 0x2545_F491_4F6C_DD1D ^ target.seed))
    let fault = faults.current.fault(at: random.unit())
    // A request that fails before the model runs doesn't touch the cache.
    let reaches = fault?.reply == nil || fault == .modelTimeout
    let cached = reaches ? cache.use(input.cachePoints, model: target.model, at: clock.now) : (read: 0, write: 0)
    let counts = TokenCounts(
      input: input.inputTokens - cached.read - cached.write, cacheRead: cached.read, cacheWrite: cached.write, output: 0)
    return (fault, random, counts)
  }

  func throttling(_ measure: QuotaLedger.Measure, wait: Int64) -> AWSFault {
    let what =
      switch measure {
      case .rpm, .concurrent: "Too many requests"
      case .tpm: "Too many tokens"
      case .tpd: "Too many tokens per day"
      }
    var fault = AWSFault(code: "ThrottlingException", message: "\(what), please wait before trying again.", status: 429)
    if settings.sendsRetryAfter { fault.retryAfter = Self.retryAfter(wait) }
    return fault
  }

  /// Seconds for `Retry-After`: the wait, rounded up, from a second to a day.
  private static func retryAfter(_ nanoseconds: Int64) -> Int {
    // A window that is deep in debt waits for as long as an Int64 can say, so it is clamped before anything is added.
    let wait = min(max(nanoseconds, 1), 86_400_000_000_000)
    return Int((wait + 999_999_999) / 1_000_000_000)
  }
}

// MARK: - Reading

extension BedrockRuntimeService {
  func read(
    _ request: ServerRequest, _ operation: Operation, _ target: InvocationTarget
  ) throws(AWSFault) -> RuntimeCall {
    let body = try json(request, operation)
    if operation.isConverse {
      let input = try readConverse(body, target.model)
      try RequestRule.check(outline(of: body, request, operation, target))
      return RuntimeCall(operation: operation.name, input: input, isStream: operation.isStream, format: ConverseReplies())
    }
    let family = try family(of: target.model)
    var input = try readInvoke(body, target.model, family)
    try RequestRule.check(outline(of: body, request, operation, target))
    let latency = try word(
      request, "x-amzn-bedrock-performanceconfig-latency", "performanceConfigLatency", ["standard", "optimized"])
    if latency == "optimized" { input.isLatencyOptimized = true }
    let tiers = ["priority", "default", "flex", "reserved"]
    input.serviceTier = try word(request, "x-amzn-bedrock-service-tier", "serviceTier", tiers) ?? input.serviceTier
    return RuntimeCall(
      operation: operation.name, input: input, isStream: operation.isStream, format: InvokeReplies(family: family))
  }

  private func outline(
    of body: JSONValue, _ request: ServerRequest, _ operation: Operation, _ target: InvocationTarget
  ) -> RequestOutline {
    let form: RequestOutline.Form = operation.isConverse ? .converse : target.family is AnthropicFamily ? .messages : .other
    var outline = RequestOutline(
      form, target.model, isStream: operation.isStream, readsPictures: target.readsPictures, contextWindow: target.contextWindow)
    switch form {
    case .converse: outline.read(converse: body)
    case .messages: outline.read(messages: body)
    case .other: break
    }
    if request.header("x-amzn-bedrock-guardrailidentifier")?.isEmpty == false { outline.namesGuardrail = true }
    return outline
  }

  private func json(_ request: ServerRequest, _ operation: Operation) throws(AWSFault) -> JSONValue {
    do {
      return try JSONValue(request.body)
    } catch {
      throw Self.notJSON(request.body, operation)
    }
  }

  /// The fault for a body that isn't JSON.
  private static func notJSON(_ body: Data, _ operation: Operation) -> AWSFault {
    guard operation == .invoke || operation == .invokeStream else {
      return AWSFault(
        code: "SerializationException", message: "The request body is not valid JSON.", status: 400, isModelled: false)
    }
    let problem = body.isEmpty ? "expected minLength: 1, actual: 0" : "the body is not valid JSON"
    return .invalid("Malformed input request: \(problem), please reformat your input and try again.")
  }

  private func readCountTokens(_ body: JSONValue, _ model: ModelID) throws(AWSFault) -> InvocationInput {
    if let converse = body["input"]?["converse"] { return try readConverse(converse, model) }
    guard let encoded = body["input"]?["invokeModel"]?["body"]?.string, let data = Data(base64Encoded: encoded) else {
      throw .invalid("1 validation error detected: Value at 'input' failed to satisfy constraint: Member must not be null")
    }
    guard let inner = try? JSONValue(data) else { throw Self.notJSON(data, .invoke) }
    return try readInvoke(inner, model, family(of: model))
  }

  /// Reads a setting of InvokeModel from a header.
  private func word(_ request: ServerRequest, _ header: String, _ member: String, _ words: [String]) throws(AWSFault) -> String? {
    guard let word = request.header(header) else { return nil }
    guard words.contains(word) else {
      throw AWSFault(
        code: "ValidationException",
        message:
          "1 validation error detected: Value '\(word.prefix(50))' at '\(member)' failed to satisfy constraint: Member must satisfy enum value set: [\(words.joined(separator: ", "))]"
      )
    }
    return word
  }

  private func readConverse(_ body: JSONValue, _ model: ModelID) throws(AWSFault) -> InvocationInput {
    guard ModelFamilies.supportsConverse(model) else {
      throw AWSFault(
        code: "ValidationException",
        message: "This action doesn't support the model that you provided. Try again with a supported text or chat model.")
    }
    return try withDemands(try ConverseFormat.input(from: body, model: model), body, model, isConverse: true)
  }

  private func readInvoke(
    _ body: JSONValue, _ model: ModelID, _ family: any ModelFamily
  ) throws(AWSFault) -> InvocationInput {
    try withDemands(try family.input(from: body, model: model), body, model, isConverse: false)
  }

  func family(of model: ModelID) throws(AWSFault) -> any ModelFamily {
    guard let family = ModelFamilies.family(of: model) else {
      throw AWSFault(
        code: "ValidationException",
        message: "This emulator knows no request body of \(model) for InvokeModel"
          + (ModelFamilies.supportsConverse(model) ? "; use Converse." : "."))
    }
    return family
  }

  /// The limit in Converse's API model (botocore: `InferenceConfigurationStopSequencesList`).
  private static let stopSequencesMax = 2_500
  /// The documented limit of prompt caching.
  private static let cachePointsMax = 4

  /// Checks the request against the limits of the model.
  func check(_ call: RuntimeCall, _ target: InvocationTarget) throws(AWSFault) {
    let input = call.input
    func invalid(_ message: String) -> AWSFault { AWSFault(code: "ValidationException", message: message) }
    if call.isStream, !target.streams || !call.format.streams {
      throw invalid("The model is unsupported for streaming.")
    }
    if let limit = target.maxOutputTokens, let asked = input.maxTokens, asked > limit {
      throw invalid(
        "The maximum tokens you requested exceeds the model limit of \(limit). Try again with a maximum tokens value that is lower than \(limit)."
      )
    }
    if input.stopSequences.count > Self.stopSequencesMax, input.work == .text {
      throw invalid("stop_sequences: at most \(Self.stopSequencesMax) are accepted, found \(input.stopSequences.count).")
    }
    if input.cachePoints.count > Self.cachePointsMax {
      throw invalid("A maximum of \(Self.cachePointsMax) cache points may be provided. Found \(input.cachePoints.count).")
    }
    if input.isLatencyOptimized, target.latencyOptimizedPool == nil {
      throw invalid("Latency performance configuration is not supported for \(target.dimension).")
    }
    guard let window = target.contextWindow, input.inputTokens > window else { return }
    guard target.model.provider == "anthropic" else { throw invalid("Input is too long for requested model.") }
    let quote = call.quotesModel ? "The model returned the following errors: " : ""
    throw invalid("\(quote)prompt is too long: \(input.inputTokens) tokens > \(window) maximum")
  }
}
