import AWSServer
import AWSWire
import BedrockQuotas

/// Chat completions in OpenAI's format, which most providers on Bedrock use.
///
/// Source: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-openai.html and …-mistral-chat-completion.html
struct ChatFamily: ModelFamily {
  /// The key of the stop reason; earlier Mistral models use `stop_reason`.
  var stopKey = "finish_reason"
  /// Whether the model caches the beginnings of prompts by itself.
  var cachesPrompts = false

  func input(from body: JSONValue, model: ModelID) throws(AWSFault) -> InvocationInput {
    try input(BodyReader(body, .chat))
  }

  func input(_ body: BodyReader) throws(AWSFault) -> InvocationInput {
    let list = try body.required("messages")
    let messages = try list.elements()
    guard !messages.isEmpty else { throw list.malformed("expected minimum item count: 1, found: 0") }
    var prompt = PromptCounter()
    for tool in try body["tools"]?.elements() ?? [] {
      try tool.object()
      prompt.add((tool["function"] ?? tool).value)
    }
    for message in messages {
      try add(message, to: &prompt)
      if cachesPrompts { prompt.addAutomaticCachePoint() }
    }
    let maxTokens = body["max_completion_tokens"] ?? body["max_tokens"]
    var input = prompt.input(
      maxTokens: try maxTokens?.integer(atLeast: 1), stopSequences: try body["stop"]?.strings() ?? [],
      forcedTool: try forcedTool(in: body))
    // "auto" is the same as no tier.
    let tiers = ["auto", "default", "flex", "priority", "reserved"]
    if let tier = try body["service_tier"]?.string(among: tiers), tier != "auto" { input.serviceTier = tier }
    return input
  }

  private func forcedTool(in body: BodyReader) throws(AWSFault) -> String? {
    guard let choice = body["tool_choice"] else { return nil }
    if let word = choice.value.string {
      // Mistral's word for "required" is "any".
      guard word == "required" || word == "any" else { return nil }
      return try body["tools"]?.elements().lazy.compactMap { $0["function"]?["name"]?.value.string }.first
    }
    guard let function = choice["function"] else { throw choice.wrongType("String") }
    let name = try function.required("name").string()
    guard try body["tools"]?.elements().contains(where: { $0["function"]?["name"]?.value.string == name }) == true else {
      throw .invalid("The tool \(name.prefix(64)) of tool_choice is not in tools.")
    }
    return name
  }

  private func add(_ message: BodyReader, to prompt: inout PromptCounter) throws(AWSFault) {
    prompt.begin(try message.required("role").string())
    if let content = message["content"] {
      if let text = content.value.string {
        prompt.add(text)
      } else {
        for part in try content.elements() { try add(part: part, to: &prompt) }
      }
    }
    if let reasoning = message["reasoning_content"] { prompt.add(try reasoning.string()) }
    for call in try message["tool_calls"]?.elements() ?? [] {
      prompt.add(try call["function"]?["name"]?.string() ?? "")
      prompt.add(try call["function"]?["arguments"]?.string() ?? "")
    }
  }

  private func add(part: BodyReader, to prompt: inout PromptCounter) throws(AWSFault) {
    try part.object()
    if let text = part["text"] {
      prompt.add(try text.string())
    } else if let picture = part["image_url"] ?? part["input_audio"] ?? part["video_url"] {
      prompt.addImage(picture.value.text)
    } else {
      prompt.add(part.value.without("type"))
    }
  }

  func reply(_ completion: Completion) -> JSONValue {
    var message: [JSONValue.Member] = [.init("role", "assistant")]
    if let tool = completion.calledTool {
      let text: JSONValue = completion.text.isEmpty ? nil : .string(completion.text)
      message += [.init("content", text), .init("tool_calls", [.object(call(tool, completion))])]
    } else {
      message.append(.init("content", .string(completion.text)))
    }
    return envelope(
      "chat.completion", completion,
      choice: [.init("message", .object(message)), .init(stopKey, reason(completion))], usage: usage(completion))
  }

  func opening(_ completion: Completion) -> [JSONValue] {
    let text: JSONValue = completion.calledTool == nil || !completion.text.isEmpty ? "" : nil
    return [chunk(["role": "assistant", "content": text], nil, completion)]
  }

  func start(_ block: ReplyBlock, at index: Int, _ completion: Completion) -> [JSONValue] {
    guard case .toolUse(let tool, _) = block else { return [] }
    let call = JSONValue.object([.init("index", 0)] + call(tool, completion))
    return [chunk(["tool_calls": [call]], nil, completion)]
  }

  func piece(_ text: Substring, tokensBefore: Int, tokens: Int, _ completion: Completion) -> JSONValue {
    chunk(["content": .string(String(text))], nil, completion)
  }

  func closing(_ completion: Completion) -> [JSONValue] {
    [chunk([:], reason(completion), completion, usage: usage(completion))]
  }

  private func chunk(_ delta: JSONValue, _ reason: JSONValue, _ completion: Completion, usage: JSONValue? = nil) -> JSONValue {
    envelope("chat.completion.chunk", completion, choice: [.init("delta", delta), .init(stopKey, reason)], usage: usage)
  }

  private func envelope(
    _ object: JSONValue, _ completion: Completion, choice: [JSONValue.Member], usage: JSONValue?
  ) -> JSONValue {
    let members: [JSONValue.Member] = [
      .init("id", .string("chatcmpl-\(completion.id)")), .init("object", object),
      .init("created", .integer(completion.createdAt)), .init("model", .string(completion.model.description)),
      .init("choices", [.object([.init("index", 0)] + choice)]),
    ]
    return .object(members + (usage.map { [.init("usage", $0)] } ?? []))
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
    ]
  }
}
