import AWSWire
import AdmissionControl
import BedrockQuotas

/// How an endpoint's quotas count the tokens of a request: what it reserves, and what it costs.
enum TokenMetering: Sendable, Equatable {
  /// bedrock-runtime has one quota of tokens. Whether a reservation counts the burndown is not known; the limiter learns it.
  case runtime(burndown: Int)
  /// bedrock-mantle has a quota of input and one of output.
  ///
  /// | quota | at the start | while output is generated | at the end |
  /// |---|---|---|---|
  /// | input | input + max_tokens, or 429 | – | input + cache write + output |
  /// | output | – | output; the reply ends when the quota is used up | – |
  ///
  /// Source: docs.aws.amazon.com/bedrock/latest/userguide/quotas-mantle.html, "How requests are evaluated against quotas".
  case mantle

  init(_ resolution: Resolution) {
    self = resolution.endpoint == .mantle ? .mantle : .runtime(burndown: resolution.outputBurndown ?? 1)
  }

  /// Quota tokens per output token.
  var burndown: Int {
    switch self {
    case .runtime(let burndown): burndown
    case .mantle: 1
    }
  }

  /// The final cost of a reply: for bedrock-mantle, what the quota of input keeps.
  func quotaTokens(_ usage: TokenUsage) -> Int64 { usage.quotaTokens(burndown: burndown) }

  /// The same for each limit.
  func amounts(_ usage: TokenUsage) -> Amounts {
    switch self {
    case .runtime: Amounts(tokens: quotaTokens(usage))
    case .mantle: Amounts(inputTokens: quotaTokens(usage), outputTokens: Int64(usage.output))
    }
  }

  /// What a request reserves.
  /// - Parameters:
  ///   - prompt: input tokens; rather too many than too few.
  ///   - expected: input tokens, as far as they are certain.
  ///   - maxTokens: the most output tokens that the request allows.
  ///   - outputBound: output tokens that few replies exceed.
  func cost(prompt: Int64, expected: Int64, maxTokens: Int64, outputBound: Int64) -> Cost {
    // Requests whose max_tokens have the same magnitude get similar replies.
    let key = UInt64(64 - maxTokens.leadingZeroBitCount)
    let reserved = RequestCost.reservation(prompt: prompt, maxTokens: maxTokens)
    switch self {
    case .runtime(let burndown):
      var cost = Cost(reserved: Amounts(tokens: reserved), known: Amounts(tokens: expected), key: key)
      let withBurndown = RequestCost.reservation(prompt: prompt, maxTokens: Int64(min(max(burndown, 1), 1_000)) * maxTokens)
      cost.burndownExtra = max(0, min(withBurndown, Amounts.tokensMax) - reserved)
      return cost
    case .mantle:
      // The service reserves no output, and a reservation of max_tokens would leave most of the quota unused where replies are long.
      // What a reply has above its bound is debited while it streams, and a full minute's quota is there to absorb it.
      let output = min(maxTokens, outputBound)
      return Cost(
        reserved: Amounts(inputTokens: reserved, outputTokens: output), known: Amounts(inputTokens: expected), key: key)
    }
  }

  /// The limit that a throttled request exceeded. bedrock-mantle refuses requests for their input alone, whatever its words.
  func throttle(_ reason: Outcome.Throttle) -> Outcome.Throttle { self == .mantle ? .inputTokens : reason }
}
