import AWSWire
import BedrockQuotas

/// How long a reply may become by its own bounds. bedrock-mantle ends a reply when the quota of output is used up, and gives the same
/// reason for it as for a reply that has reached max_tokens.
struct OutputAllowance: Sendable, Equatable {
  /// Services count the last tokens of a reply differently, so that a reply which is nearly as long as it may be has reached its bound.
  private static let share = 0.98

  /// The most output tokens of one reply; nil if unknown.
  var maxTokens: Int?
  /// The context window, which ends a reply too; nil if unknown.
  var contextWindow: Int?

  /// No bound is known.
  static let unknown = OutputAllowance()

  init(maxTokens: Int? = nil, contextWindow: Int? = nil) {
    self.maxTokens = maxTokens
    self.contextWindow = contextWindow
  }

  init(_ request: ModelRequest, _ resolution: Resolution) {
    self.init(maxTokens: request.maxTokens, choices: request.choices, resolution)
  }

  /// - Parameters:
  ///   - asked: the most output tokens that the request allows; nil: the model's maximum.
  ///   - choices: the replies that it asks for.
  init(maxTokens asked: Int?, choices: Int, _ resolution: Resolution) {
    // Of sources that disagree, the lowest figure: a reply that ends beyond it may have ended by itself.
    let modelMax = resolution.maxOutputTokens ?? resolution.disputed.maxOutputTokens?.lowerBound
    // The usage of several replies together says nothing about one.
    maxTokens = choices > 1 ? nil : asked ?? modelMax
    contextWindow = resolution.contextWindow ?? resolution.disputed.contextWindow?.lowerBound
  }

  /// Whether a reply that ended for its length is shorter than its bounds allow, so that the quota ended it.
  func isShort(_ usage: TokenUsage) -> Bool {
    guard let maxTokens, Double(usage.output) < Self.share * Double(maxTokens) else { return false }
    guard let contextWindow else { return true }
    return Double(usage.totalInput + usage.output) < Self.share * Double(contextWindow)
  }
}
