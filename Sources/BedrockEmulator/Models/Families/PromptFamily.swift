import AWSServer
import AWSWire
import BedrockQuotas

/// Models that take a text prompt and reply with a list of one text: early models of Mistral, and DeepSeek-R1.
///
/// Sources: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-mistral-text-completion.html and
/// …-deepseek.html
struct PromptFamily: ModelFamily {
  /// The provider, whose replies name the list.
  enum Provider {
    case mistral, deepSeek
  }

  let provider: Provider

  func input(from body: JSONValue, model: ModelID) throws(AWSFault) -> InvocationInput {
    try BodyReader(body, .chat).promptInput(maxTokens: "max_tokens", stop: "stop")
  }

  func reply(_ completion: Completion) -> JSONValue { list(completion.text, stop: completion.lengthOrStop) }

  func opening(_ completion: Completion) -> [JSONValue] { [] }

  func piece(_ text: Substring, tokensBefore: Int, tokens: Int, _ completion: Completion) -> JSONValue {
    list(String(text), stop: nil)
  }

  func closing(_ completion: Completion) -> [JSONValue] { [list("", stop: completion.lengthOrStop)] }

  private func list(_ text: String, stop: JSONValue) -> JSONValue {
    switch provider {
    case .mistral: ["outputs": [["text": .string(text), "stop_reason": stop]]]
    case .deepSeek: ["choices": [["index": 0, "text": .string(text), "stop_reason": stop]]]
    }
  }
}
