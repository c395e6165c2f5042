import AWSServer
import AWSWire
import BedrockQuotas

/// OpenAI's Chat Completions.
///
/// Sources: developers.openai.com/api/reference/resources/chat, docs.aws.amazon.com/bedrock/latest/userguide/inference-chat-completions.html
struct ChatCompletions: ReplyFormat {
  /// The model as the request names it.
  let modelID: String
  /// Whether the request asks for the usage at the end of a stream: `stream_options.include_usage`.
  let streamsUsage: Bool
  /// gpt-oss shows its reasoning in the text; other models hide it.
  let showsReasoning: Bool

  static func call(_ body: BodyReader, modelID: String, _ target: InvocationTarget) throws(AWSFault) -> RuntimeCall {
    try OpenAIRules.check(body, target.model, maxTokens: "max_tokens", instead: "max_completion_tokens")
    if let count = try body["n"]?.integer(atLeast: 1), count > 1 {
      throw .invalid("Unsupported value: 'n' does not support \(count) with this model. Only 1 is supported.")
    }
    var input = try ChatFamily(cachesPrompts: CompatibleAPI.cachesPrompts(target.model)).input(body)
    let effort = try body["reasoning_effort"]?.string()
    input.demand(
      effort.map { $0 != "none" } == true ? Thinking(form: .plain) : nil,
      text: try OutputSchema.text(askedIn: body.value, isConverse: false), in: body.value)
    return RuntimeCall(
      operation: "ChatCompletions", input: input, isStream: try body["stream"]?.boolean() ?? false,
      format: ChatCompletions(
        modelID: modelID, streamsUsage: try body["stream_options"]?.object()["include_usage"]?.boolean() ?? false,
        showsReasoning: target.model.description.hasPrefix("openai.gpt-oss")))
  }

  func reply(_ completion: Completion, tellsUsage: Bool) -> ServerResponse {
    let message: [JSONValue.Member] = [
      .init("role", "assistant"), .init("content", content(completion)), .init("refusal", nil),
    ]
    let calls: [JSONValue.Member] =
      completion.calledTool.map { [.init("tool_calls", [.object(call($0, completion))])] } ?? []
    let choice: JSONValue = [
      "index": 0, "message": .object(message + calls), "logprobs": nil, "finish_reason": reason(completion),
    ]
    let usage: [JSONValue.Member] = tellsUsage ? [.init("usage", usage(completion))] : []
    return .json(JSONValue.object(envelope("chat.completion", completion, choices: [choice]) + usage).data)
  }

  func streamHeaders(_ completion: Completion) -> [(name: String, value: String)] { ServerSentEvent.headers }

  func opening(_ completion: Completion) -> [UInt8] {
    chunk(["role": "assistant", "content": completion.text.isEmpty && completion.calledTool != nil ? nil : ""], completion)
  }

  func start(_ block: ReplyBlock, at index: Int, _ completion: Completion) -> [UInt8] {
    switch block {
    case .text: return []
    case .reasoning: return showsReasoning ? chunk(["content": .string(Self.reasoningStart)], completion) : []
    case .toolUse(let tool, _):
      return chunk(["tool_calls": [.object([.init("index", 0)] + call(tool, completion))]], completion)
    }
  }

  func piece(_ piece: ReplyPiece, _ completion: Completion) -> [UInt8] {
    guard !piece.isReasoning || showsReasoning else { return [] }
    return chunk(["content": .string(String(piece.text))], completion)
  }

  func stop(_ block: ReplyBlock, at index: Int, _ completion: Completion) -> [UInt8] {
    guard case .reasoning = block, showsReasoning else { return [] }
    return chunk(["content": .string(Self.reasoningEnd)], completion)
  }

  func closing(_ completion: Completion, tellsUsage: Bool) -> [UInt8] {
    var bytes = chunk([:], reason: reason(completion), completion)
    if streamsUsage, tellsUsage {
      let members = envelope("chat.completion.chunk", completion, choices: []) + [.init("usage", usage(completion))]
      bytes += ServerSentEvent.encode(nil, .object(members))
    }
    return bytes + ServerSentEvent.encode(nil, "[DONE]")
  }

  func failure(_ exception: StreamException, _ completion: Completion) -> [UInt8] {
    ServerSentEvent.encode(nil, ["error": exception.reply.openAIError])
  }
}

// MARK: - Parts

extension ChatCompletions {
  private static let reasoningStart = "<reasoning>"
  private static let reasoningEnd = "</reasoning>"

  private func content(_ completion: Completion) -> JSONValue {
    var text = completion.text
    if showsReasoning, let reasoning = completion.reasoning {
      text = Self.reasoningStart + reasoning.text + Self.reasoningEnd + text
    }
    return text.isEmpty && completion.calledTool != nil ? nil : .string(text)
  }

  private func chunk(_ delta: JSONValue, reason: JSONValue = nil, _ completion: Completion) -> [UInt8] {
    let choice: JSONValue = ["index": 0, "delta": delta, "logprobs": nil, "finish_reason": reason]
    return ServerSentEvent.encode(nil, .object(envelope("chat.completion.chunk", completion, choices: [choice])))
  }

  private func envelope(_ object: JSONValue, _ completion: Completion, choices: JSONValue) -> [JSONValue.Member] {
    [
      .init("id", .string("chatcmpl-\(completion.id)")), .init("object", object),
      .init("created", .integer(completion.createdAt)), .init("model", .string(modelID)), .init("choices", choices),
      .init("service_tier", .string(completion.input.serviceTier ?? "default")),
    ]
  }

  private func call(_ tool: String, _ completion: Completion) -> [JSONValue.Member] {
    [
      .init("id", .string("call_\(completion.id)")), .init("type", "function"),
      .init("function", ["name": .string(tool), "arguments": .string(completion.input.toolInput.text)]),
    ]
  }

  private func reason(_ completion: Completion) -> JSONValue {
    completion.stop == .toolUse ? "tool_calls" : completion.lengthOrStop
  }

  private func usage(_ completion: Completion) -> JSONValue {
    let tokens = completion.tokens
    return [
      "prompt_tokens": .integer(tokens.allInput), "completion_tokens": .integer(tokens.output),
      "total_tokens": .integer(tokens.allInput + tokens.output),
      "prompt_tokens_details": [
        "cached_tokens": .integer(tokens.cacheRead), "cache_write_tokens": .integer(tokens.cacheWrite),
      ],
      "completion_tokens_details": ["reasoning_tokens": .integer(completion.reasoning?.tokens ?? 0)],
    ]
  }
}
