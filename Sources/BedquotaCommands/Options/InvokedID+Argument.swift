import ArgumentParser
import BedrockQuotas
import Reports

extension InvokedID {
  /// - Throws: `ValidationError`, which ends the command with 64.
  static func parse(_ text: String, facts: Facts) throws -> InvokedID {
    guard let id = InvokedID(text, facts: facts) else {
      throw ValidationError(
        "\"\(text.shortened())\" is not a model id, inference profile id or ARN. Write it like anthropic.claude-opus-5, us.amazon.nova-pro-v1:0 or arn:aws:bedrock:…; `bedquota models` lists them."
      )
    }
    return id
  }
}
