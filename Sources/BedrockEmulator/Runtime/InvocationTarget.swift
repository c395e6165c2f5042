import BedrockQuotas

/// The model that a `modelId` invokes in one Region of the account, with its limits and its pools of quotas.
struct InvocationTarget: Sendable {
  /// The value of CloudWatch's dimension `ModelId`.
  var dimension: String
  var model: ModelID
  /// The format of its bodies for InvokeModel; nil if it isn't known. Converse needs no family.
  var family: (any ModelFamily)?
  /// The limit of input and output tokens together; nil if it isn't known, in which case none is enforced.
  var contextWindow: Int?
  /// The limit of output tokens; nil if it isn't known, in which case none is enforced.
  var maxOutputTokens: Int?
  /// Quota tokens per output token.
  var outputBurndown: Int
  var streams: Bool
  var readsPictures: Bool
  /// The enforcer's pool of its ordinary requests.
  var pool: Int
  /// The pool of requests with `performanceConfig.latency = optimized`; nil if the model has no such quotas.
  var latencyOptimizedPool: Int?
  /// The pool of asynchronous invocations; nil if the model has none.
  var asyncPool: Int?
  /// The pool of requests with more than ``longContextTokens``; nil if the model has no quotas for them.
  var longContextPool: Int?

  /// Makes the replies of different ids differ for the same seed.
  var seed: UInt64 { FNV1a.hash(dimension) }

  /// The reservation for output without max_tokens: the model's maximum, or 4,096 (our assumption) if that isn't known.
  var assumedMaxTokens: Int { maxOutputTokens ?? 4_096 }

  /// A request with more input tokens counts against the quotas of the 1M context.
  static let longContextTokens = 200_000
}
