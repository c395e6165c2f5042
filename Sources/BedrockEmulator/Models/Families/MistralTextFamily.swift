import AWSServer
import AWSWire
import BedrockQuotas

/// Mistral's models of one prompt.
///
/// Source: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-mistral-text-completion.html
struct MistralTextFamily: ModelFamily {
  func input(from body: JSONValue, model: ModelID) throws(AWSFault) -> InvocationInput {
    try BodyReader(body, .chat).promptInput(maxTokens: "max_tokens", stop: "stop")
  }

  func reply(_ completion: Completion) -> JSONValue { outputs(completion.text, stop: completion.lengthOrStop) }

  func opening(_ completion: Completion) -> [JSONValue] { [] }

  func piece(_ text: Substring, tokensBefore: Int, tokens: Int, _ completion: Completion) -> JSONValue {
    outputs(String(text), stop: nil)
  }

  func closing(_ completion: Completion) -> [JSONValue] { [outputs("", stop: completion.lengthOrStop)] }

  private func outputs(_ text: String, stop: JSONValue) -> JSONValue {
    ["outputs": [["text": .string(text), "stop_reason": stop]]]
  }
}
