import AWSWire
import BedrockQuotas

/// What a request can use of the model it goes to: all that its reservation and its settlement are made of.
package struct RequestBounds: Sendable, Equatable {
  /// Output tokens that a request without max_tokens reserves if the model's maximum output is unknown.
  private static let unknownMaxOutput = 4_096
  /// The context window of a model that is unknown, for a body that can't be read.
  private static let unknownContext = 200_000

  /// How much of the body becomes input.
  let size: InputSize
  /// Output tokens that are reserved: max_tokens, or else the model's maximum output. If a burndown above 1 makes the final cost exceed
  /// the reservation, the rest is debt for the limiter.
  package let maxTokens: Int64
  /// The most that it can use, whatever its reply reports.
  let usage: UsageBound
  /// The same, but what is usual where the model's figures aren't known.
  let usual: UsageBound
  /// Whether the body can't be read, so that all of this is the most it can be.
  let isUnread: Bool
  /// How long its reply may become.
  let allowance: OutputAllowance

  init(_ request: ModelRequest, at resolution: Resolution) {
    self.init(
      InputSize(request.body, Facts.builtIn.mediaCost(of: resolution.modelID)), maxTokens: request.maxTokens,
      choices: request.choices, usesStoredPrompt: request.usesStoredPrompt, at: resolution)
  }

  /// The bounds of a request whose body can't be read: all that the model takes and gives.
  init(unreadAt resolution: Resolution) {
    self.init(
      InputSize(unread: resolution.contextWindowMax ?? Self.unknownContext), maxTokens: nil, choices: 1, usesStoredPrompt: true,
      isUnread: true, at: resolution)
  }

  /// - Parameter maxTokens: nil: the model's maximum.
  init(
    _ size: InputSize, maxTokens: Int?, choices: Int, usesStoredPrompt: Bool, isUnread: Bool = false, at resolution: Resolution
  ) {
    (self.size, self.isUnread) = (size, isUnread)
    self.maxTokens = Self.reservedOutput(maxTokens, at: resolution)
    usage = UsageBound(size, maxTokens: maxTokens, usesStoredPrompt: usesStoredPrompt, resolution)
    usual = UsageBound(size, maxTokens: maxTokens, usesStoredPrompt: usesStoredPrompt, resolution, unknown: .usual)
    allowance = OutputAllowance(maxTokens: maxTokens, choices: choices, resolution)
  }

  /// Output tokens to reserve.
  static func reservedOutput(_ maxTokens: Int?, at resolution: Resolution) -> Int64 {
    // An embedding model has no output, whatever its body says.
    if resolution.modelID?.isEmbeddingModel == true { return 0 }
    // A file of facts may hold any number.
    return Int64(min(maxTokens ?? resolution.maxOutputTokensMax ?? unknownMaxOutput, TokenUsage.tokensMax))
  }
}
