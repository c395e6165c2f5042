import BedrockQuotas

/// What a `modelId` stands for in one Region of the account.
struct InvocationTarget: Sendable {
  /// The value of CloudWatch's dimension `ModelId`.
  var dimension: String
  var model: ModelID
  /// nil: the bodies of its InvokeModel are not known; Converse works.
  var family: (any ModelFamily)?
  /// Tokens, input and output together; nil where not known, and then not enforced.
  var contextWindow: Int?
  /// The most output tokens; nil where not known, and then not enforced.
  var maxOutputTokens: Int?
  /// Quota tokens per output token.
  var outputBurndown: Int
  var streams: Bool
  /// Where in the enforcer its ordinary requests go.
  var pool: Int
  /// Those with `performanceConfig.latency = optimized`; nil where the model has no such quotas.
  var latencyOptimizedPool: Int?
  /// Those of more than 200,000 input tokens; nil where the model has no quotas of their own for them.
  var longContextPool: Int?

  /// Tells the replies of one id from those of another, for the same seed.
  var seed: UInt64 { FNV1a.hash(dimension) }

  /// What is held for a request without max_tokens: the model's maximum; where that is not known, 4,096, which is our assumption.
  var assumedMaxTokens: Int { maxOutputTokens ?? 4_096 }

  /// Above this many input tokens, a request counts as one of the 1M context.
  static let longContextTokens = 200_000
}
