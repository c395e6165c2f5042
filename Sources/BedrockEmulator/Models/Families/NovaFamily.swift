import AWSServer
import AWSWire
import BedrockQuotas

/// Amazon Nova's text models, in Converse's format with a few names of their own.
///
/// Source: docs.aws.amazon.com/nova/latest/userguide/complete-request-schema.html
struct NovaFamily: ModelFamily {
  private static let parameters: Set<String> = [
    "schemaVersion", "system", "messages", "inferenceConfig", "toolConfig", "additionalModelRequestFields", "reasoningConfig",
    "performanceConfig", "outputConfig",
  ]

  func input(from body: JSONValue, model: ModelID) throws(AWSFault) -> InvocationInput {
    let body = BodyReader(body, .schema)
    try body.check(required: ["messages"], allowed: Self.parameters)
    let list = try body.required("messages")
    let messages = try list.elements()
    guard !messages.isEmpty else { throw list.malformed("expected minimum item count: 1, found: 0") }
    for message in messages {
      try message.check(required: ["role", "content"])
      _ = try message.required("role").string(among: ["user", "assistant"])
    }
    try ConverseBlocks.checkRoles(of: messages)
    let config = body["inferenceConfig"]
    try config?.object()
    // AWS's earlier examples use Hugging Face's name.
    let maxTokens = try (config?["maxTokens"] ?? config?["max_new_tokens"])?.integer(atLeast: 1)
    let prompt = try ConverseBlocks.prompt(of: body, messages: messages)
    return prompt.input(
      maxTokens: maxTokens, stopSequences: try config?["stopSequences"]?.strings() ?? [],
      forcedTool: try ConverseBlocks.forcedTool(in: body))
  }

  func reply(_ completion: Completion) -> JSONValue {
    [
      "output": ["message": ["content": completion.converseBlocks, "role": "assistant"]], "stopReason": completion.stopWord,
      "usage": usage(completion),
    ]
  }

  func opening(_ completion: Completion) -> [JSONValue] { [["messageStart": ["role": "assistant"]]] }

  func start(_ block: ReplyBlock, at index: Int, _ completion: Completion) -> [JSONValue] {
    block.converseStart(at: index, completion).map(Self.chunk)
  }

  func piece(_ text: Substring, tokensBefore: Int, tokens: Int, _ completion: Completion) -> JSONValue {
    Self.chunk(ConverseFormat.piece(text, at: completion.textIndex))
  }

  func reasoningPiece(_ text: Substring, _ completion: Completion) -> JSONValue? {
    Self.chunk(ConverseFormat.reasoningPiece(text))
  }

  func stop(_ block: ReplyBlock, at index: Int, _ completion: Completion) -> [JSONValue] {
    block.converseStop(at: index).map(Self.chunk)
  }

  func closing(_ completion: Completion) -> [JSONValue] {
    [
      ["messageStop": ["stopReason": completion.stopWord]],
      ["metadata": ["usage": usage(completion), "metrics": [:], "trace": [:]]],
    ]
  }

  /// Nova wraps the payload of each of Converse's events in an object with the event's name.
  private static func chunk(_ event: (event: String, payload: JSONValue)) -> JSONValue {
    .object([.init(event.event, event.payload)])
  }

  private func usage(_ completion: Completion) -> JSONValue {
    let tokens = completion.tokens
    return [
      "inputTokens": .integer(tokens.input), "outputTokens": .integer(tokens.output),
      "totalTokens": .integer(tokens.allInput + tokens.output), "cacheReadInputTokenCount": .integer(tokens.cacheRead),
      "cacheWriteInputTokenCount": .integer(tokens.cacheWrite),
    ]
  }
}
