import AWSServer
import AWSWire
import BedrockQuotas

/// DeepSeek-R1, which takes one prompt.
///
/// Source: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-deepseek.html
struct DeepSeekTextFamily: ModelFamily {
  func input(from body: JSONValue, model: ModelID) throws(AWSFault) -> InvocationInput {
    try BodyReader(body, .chat).promptInput(maxTokens: "max_tokens", stop: "stop")
  }

  func reply(_ completion: Completion) -> JSONValue { choices(completion.text, stop: completion.lengthOrStop) }

  func opening(_ completion: Completion) -> [JSONValue] { [] }

  func piece(_ text: Substring, tokensBefore: Int, tokens: Int, _ completion: Completion) -> JSONValue {
    choices(String(text), stop: nil)
  }

  func closing(_ completion: Completion) -> [JSONValue] { [choices("", stop: completion.lengthOrStop)] }

  private func choices(_ text: String, stop: JSONValue) -> JSONValue {
    ["choices": [["index": 0, "text": .string(text), "stop_reason": stop]]]
  }
}
