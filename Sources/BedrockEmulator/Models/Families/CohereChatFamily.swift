import AWSServer
import AWSWire
import BedrockQuotas

/// Cohere's Command R and R+.
///
/// Source: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-cohere-command-r-plus.html
struct CohereChatFamily: ModelFamily {
  private static let parameters: Set<String> = [
    "message", "chat_history", "documents", "search_queries_only", "preamble", "max_tokens", "temperature", "p", "k",
    "prompt_truncation", "frequency_penalty", "presence_penalty", "seed", "return_prompt", "tools", "tool_results",
    "stop_sequences", "raw_prompting", "force_single_step", "citation_quality",
  ]

  func input(from body: JSONValue, model: ModelID) throws(AWSFault) -> InvocationInput {
    let body = BodyReader(body, .schema)
    try body.check(required: ["message"], allowed: Self.parameters)
    var prompt = PromptCounter()
    if let preamble = body["preamble"] { prompt.add(try preamble.string()) }
    for name in ["tools", "documents", "tool_results"] {
      for element in try body[name]?.elements() ?? [] { prompt.add(element.value) }
    }
    for turn in try body["chat_history"]?.elements() ?? [] {
      prompt.begin(try turn.required("role").string())
      // A turn may have tool calls and results instead of a message.
      if let message = turn["message"] { prompt.add(try message.string()) }
      for name in ["tool_calls", "tool_results"] { if let tools = turn[name] { prompt.add(tools.value) } }
    }
    prompt.begin("USER")
    prompt.add(try body.required("message").string())
    return prompt.input(
      maxTokens: try body["max_tokens"]?.integer(atLeast: 1), stopSequences: try body["stop_sequences"]?.strings() ?? [])
  }

  func reply(_ completion: Completion) -> JSONValue {
    [
      "response_id": .string(completion.uuid(0)), "text": .string(completion.text),
      "generation_id": .string(completion.uuid(1)),
      // Cohere returns all turns; this has only the new one, since the request isn't kept.
      "chat_history": [["role": "CHATBOT", "message": .string(completion.text)]],
      "finish_reason": completion.cohereReason,
    ]
  }

  func opening(_ completion: Completion) -> [JSONValue] { [] }

  func piece(_ text: Substring, tokensBefore: Int, tokens: Int, _ completion: Completion) -> JSONValue {
    ["is_finished": false, "event_type": "text-generation", "text": .string(String(text))]
  }

  func closing(_ completion: Completion) -> [JSONValue] {
    [
      [
        "is_finished": true, "event_type": "stream-end", "response": reply(completion),
        "finish_reason": completion.cohereReason,
      ]
    ]
  }
}

extension Completion {
  var cohereReason: JSONValue { stop == .maxTokens ? "MAX_TOKENS" : "COMPLETE" }
}
