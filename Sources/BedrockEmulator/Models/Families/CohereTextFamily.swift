import AWSServer
import AWSWire
import BedrockQuotas

/// Cohere's Command and Command Light.
///
/// Source: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-cohere-command.html
struct CohereTextFamily: ModelFamily {
  private static let parameters: Set<String> = [
    "prompt", "temperature", "p", "k", "max_tokens", "stop_sequences", "return_likelihoods", "stream", "num_generations",
    "logit_bias", "truncate",
  ]

  func input(from body: JSONValue, model: ModelID) throws(AWSFault) -> InvocationInput {
    let body = BodyReader(body, .schema)
    try body.check(required: ["prompt"], allowed: Self.parameters)
    return try body.promptInput(maxTokens: "max_tokens", stop: "stop_sequences")
  }

  func reply(_ completion: Completion) -> JSONValue {
    [
      "generations": [
        [
          "finish_reason": completion.cohereReason, "id": .string(completion.uuid(1)), "text": .string(completion.text),
        ]
      ],
      // Cohere repeats the prompt here; it isn't kept.
      "id": .string(completion.uuid(0)), "prompt": "",
    ]
  }

  func opening(_ completion: Completion) -> [JSONValue] { [] }

  func piece(_ text: Substring, tokensBefore: Int, tokens: Int, _ completion: Completion) -> JSONValue {
    ["text": .string(String(text)), "is_finished": false]
  }

  func closing(_ completion: Completion) -> [JSONValue] {
    [["is_finished": true, "finish_reason": completion.cohereReason, "response": reply(completion)]]
  }
}
