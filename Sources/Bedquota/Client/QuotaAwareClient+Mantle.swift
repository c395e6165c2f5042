import AWSClient
import AWSWire
import AdmissionControl
import BedrockQuotas
import Synchronization

/// What is different on bedrock-mantle.
extension QuotaAwareClient {
  static let exhaustedNote =
    "A reply was cut off by the service before max_tokens, because the quota of output tokens was used up; other clients may use that quota too."

  /// The model's id as bedrock-mantle writes it; nil on bedrock-runtime.
  var mantleID: String? { resolution.endpoint == .mantle ? resolution.modelID?.mantleKey : nil }

  /// Sends a request where its endpoint has the API. A path that doesn't serve the model refuses before anything is paid; then the other
  /// one is tried, once.
  func routed<Reply>(_ api: ModelRequest.API, _ send: (InvocationRoute) async throws -> Reply) async throws -> Reply {
    guard resolution.endpoint == .mantle else { return try await send(.runtime(id: resolution.id)) }
    let id = mantleID ?? resolution.id
    let base = book.withLock { $0.mantlePaths.base(of: api) }
    do {
      return try await send(.mantle(id: id, base: base))
    } catch let error as AWSClientError where MantlePaths.isRefusal(error) {
      guard let other = book.withLock({ $0.mantlePaths.alternative(to: base, for: api) }) else { throw error }
      let reply: Reply
      do {
        reply = try await send(.mantle(id: id, base: other))
      } catch let second as AWSClientError where MantlePaths.isRefusal(second) {
        throw error
      }
      book.withLock { $0.mantlePaths.answered(other, for: api) }
      return reply
    }
  }

  /// Holds back requests that would wait in the queue anyway, until a few replies show how much output is to be reserved: the queue keeps
  /// what a request reserved when it came. With a deadline none is held back, because this wait is not part of the course.
  func waitForFirstReplies() async throws {
    guard metering == .mantle, options.deadline == nil else { return }
    while book.withLock({ !$0.estimator.knowsOutput }), limiter.snapshot.waiting > 0 {
      try await options.sleep(.milliseconds(250))
    }
  }

  /// Begins to meter a model whose quota isn't published, because the service throttles it: with twice what the last minute used, and
  /// room for two of the largest requests. The limiter lowers that to what the answers show.
  func meterAfterThrottle() {
    // A fleet's members have the same limits from the start.
    guard fleet?.ordinary == nil, resolution.endpoint == .mantle,
      !limiter.snapshot.meters.contains(where: { $0.measure == .inputTokensPerMinute })
    else { return }
    let now = options.clock()
    let used = book.withLock { $0.statistics.quotaTokensOfLastMinute(at: now) }
    // A file of facts may hold any number.
    func bounded(_ tokens: Int) -> Int64 { Int64(min(max(tokens, 0), TokenUsage.tokensMax)) }
    let largest = bounded(resolution.contextWindowMax ?? 1_000_000) + bounded(resolution.maxOutputTokensMax ?? 128_000)
    let limit = min(2 * max(used, largest), Meter.unitsMax)
    limiter.setLimit(.inputTokensPerMinute, limit)
    tellOnce(
      "bedrock-mantle throttled a request, though no quota is known for \(resolution.id): from now on the client keeps below \(limit) input tokens per minute, and learns."
    )
  }
}

extension QuotaContext {
  /// The quotas of an id on the endpoint that takes its requests.
  /// - Parameter endpoint: nil: ``QuotaResolver/endpoint(of:)`` decides.
  /// - Throws: ``BedquotaError`` (`request`) for an id that the endpoint can't take.
  package func resolution(of id: InvokedID, on endpoint: QuotaEndpoint?) throws(BedquotaError) -> Resolution {
    let endpoint = endpoint ?? resolver.endpoint(of: id)
    guard endpoint == .mantle else { return resolver.resolve(id) }
    guard case .model(let model) = id.kind, model.contextSuffix == nil else {
      let instead = id.model.map { "use \($0.mantleKey)" } ?? "use a model's id"
      throw BedquotaError(
        .request, "bedrock-mantle takes ids of models alone, and \(id.text.prefix(300)) is none; \(instead).")
    }
    guard !model.isEmbeddingModel else {
      throw BedquotaError(.request, "bedrock-mantle has no embedding models; leave \(model) to bedrock-runtime.")
    }
    return resolver.resolve(id, on: .mantle)
  }
}
