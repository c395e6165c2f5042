import AWSWire
import BedrockQuotas

/// What a request says about the reasoning before the reply. Its tokens are output tokens, shown or not.
///
/// Sources: docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html, …-adaptive-thinking.html and
/// docs.aws.amazon.com/nova/latest/nova2-userguide/reasoning-capabilities.html
package struct Thinking: Sendable, Equatable {
  package enum Form: Sendable, Equatable {
    /// Claude's, with a signature.
    case signed
    /// Claude's with `display` = `omitted`: a signature and no text.
    case omitted
    /// Nova's, which shows `[REDACTED]` for it.
    case redacted
  }

  package var form: Form
  /// The most tokens of reasoning; nil for as many as the model likes.
  package var budget: Int?

  package init(form: Form, budget: Int? = nil) {
    self.form = form
    self.budget = budget
  }

  /// Reads `thinking` (Claude) or `reasoningConfig` (Nova); nil if the request asks for no reasoning.
  /// - Parameters:
  ///   - body: a request of Converse, which has the model's own fields in `additionalModelRequestFields`, or of InvokeModel.
  init?(askedIn body: JSONValue, model: ModelID, isConverse: Bool) {
    guard let fields = isConverse ? body["additionalModelRequestFields"] : body else { return nil }
    switch model.provider {
    case "anthropic":
      guard let thinking = fields["thinking"], ["enabled", "adaptive"].contains(thinking["type"]?.string) else { return nil }
      self.init(
        form: thinking["display"]?.string == "omitted" ? .omitted : .signed, budget: thinking["budget_tokens"]?.integer)
    case "amazon":
      let config = fields["reasoningConfig"] ?? fields["inferenceConfig"]?["reasoningConfig"]
      guard config?["type"]?.string == "enabled" else { return nil }
      self.init(form: .redacted)
    default: return nil
    }
  }
}
