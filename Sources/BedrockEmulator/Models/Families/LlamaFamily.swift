import AWSServer
import AWSWire
import BedrockQuotas

/// Meta's Llama.
///
/// Source: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-meta.html
struct LlamaFamily: ModelFamily {
  func input(from body: JSONValue, model: ModelID) throws(AWSFault) -> InvocationInput {
    let body = BodyReader(body, .schema)
    try body.check(required: ["prompt"], allowed: ["prompt", "max_gen_len", "temperature", "top_p", "images"])
    for name in ["temperature", "top_p"] { try body[name]?.checkShare() }
    return try body.promptInput(maxTokens: "max_gen_len", images: body["images"]?.strings() ?? [])
  }

  func reply(_ completion: Completion) -> JSONValue {
    chunk(
      completion.text, input: .integer(completion.tokens.allInput), output: completion.tokens.output,
      stop: completion.lengthOrStop)
  }

  func opening(_ completion: Completion) -> [JSONValue] { [] }

  func piece(_ text: Substring, tokensBefore: Int, tokens: Int, _ completion: Completion) -> JSONValue {
    // Only the first chunk has the prompt's tokens.
    let input: JSONValue = tokensBefore == 0 ? .integer(completion.tokens.allInput) : nil
    return chunk(String(text), input: input, output: tokensBefore + tokens, stop: nil)
  }

  func closing(_ completion: Completion) -> [JSONValue] {
    [chunk("", input: nil, output: completion.tokens.output, stop: completion.lengthOrStop)]
  }

  private func chunk(_ text: String, input: JSONValue, output: Int, stop: JSONValue) -> JSONValue {
    [
      "generation": .string(text), "prompt_token_count": input, "generation_token_count": .integer(output), "stop_reason": stop,
    ]
  }
}

extension BodyReader {
  /// The input of a body with a text prompt.
  func promptInput(maxTokens: String, stop: String? = nil, images: [String] = []) throws(AWSFault) -> InvocationInput {
    var prompt = PromptCounter()
    for image in images { prompt.addImage(image) }
    prompt.add(try required("prompt").string())
    let stopSequences = try stop.flatMap { self[$0] }?.strings() ?? []
    return prompt.input(maxTokens: try self[maxTokens]?.integer(atLeast: 1), stopSequences: stopSequences)
  }
}
