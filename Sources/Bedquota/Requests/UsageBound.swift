import AWSWire
import BedrockQuotas

/// The most that a request can use. A reply that reports more is wrong, and would block other requests with a debt that nobody
/// owes.
struct UsageBound: Sendable, Equatable {
  /// The most input tokens, including those of the prompt cache.
  var inputMax: Int
  /// The most output tokens.
  var outputMax: Int

  /// Bounds nothing but absurd counts.
  static let none = UsageBound(inputMax: TokenUsage.tokensMax, outputMax: TokenUsage.tokensMax)

  /// A usage of at most this size.
  /// - Returns: `isExcess` says whether the reply reported more.
  func bounded(_ usage: TokenUsage) -> (usage: TokenUsage, isExcess: Bool) {
    // What is written to the cache costs as much as other input; what is read costs nothing, so it is cut first.
    let input = min(usage.input, inputMax)
    let written = min(usage.cacheWrite, inputMax - input)
    let bounded = TokenUsage(
      input: input, output: min(usage.output, outputMax), cacheRead: min(usage.cacheRead, inputMax - input - written),
      cacheWrite: written)
    return (bounded, bounded != usage)
  }
}

extension UsageBound {
  /// What is taken for the figures of a model that aren't known
  /// (docs.aws.amazon.com/bedrock/latest/userguide, model cards of November 2026).
  struct Assumption: Sendable {
    /// The context window. It bounds the input of prompts that the body doesn't hold, and of media whose size it doesn't tell.
    var context: Int
    /// Output of a request without max_tokens.
    var output: Int

    /// No model takes or gives more.
    static let most = Assumption(context: 10_000_000, output: 1_000_000)
    /// Few models take or give more.
    static let usual = Assumption(context: 1_000_000, output: 128_000)
  }

  /// Tokens that a service adds to a prompt, such as instructions for the use of tools.
  private static let addedMax = 4_096
  /// Tokens of a JSON object besides its texts: the names of its members, and what separates it from others.
  private static let tokensPerBlockMax = 64

  /// - Parameter size: the size of the request's body.
  init(_ size: InputSize, of request: ModelRequest, _ resolution: Resolution) {
    self.init(size, maxTokens: request.maxTokens, usesStoredPrompt: request.usesStoredPrompt, resolution)
  }

  /// - Parameters:
  ///   - maxTokens: the most output tokens that the request allows; nil: the model's maximum.
  ///   - usesStoredPrompt: whether the body doesn't hold all of the input.
  ///   - unknown: what counts where the model's figures aren't known.
  init(
    _ size: InputSize, maxTokens: Int?, usesStoredPrompt: Bool, _ resolution: Resolution, unknown: Assumption = .most
  ) {
    let context = resolution.contextWindowMax ?? unknown.context
    if size.mediaCount > 0 || usesStoredPrompt || resolution.id.hasBytes(of: ":prompt/") {
      inputMax = max(context, Self.addedMax)
    } else {
      // A token has at least one byte.
      inputMax = min(size.bytes + size.blocks * Self.tokensPerBlockMax + Self.addedMax, TokenUsage.tokensMax)
    }
    // An embedding model has no output, whatever its body says.
    outputMax =
      resolution.modelID?.isEmbeddingModel == true
      ? 0 : min(maxTokens ?? resolution.maxOutputTokensMax ?? unknown.output, TokenUsage.tokensMax)
  }
}
