import AWSServer
import AWSWire
import BedrockQuotas

/// Anthropic's Messages API.
///
/// Source: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html
struct AnthropicFamily: ModelFamily {
  static let parameters: Set<String> = [
    "anthropic_version", "anthropic_beta", "max_tokens", "messages", "system", "stop_sequences", "temperature", "top_p", "top_k",
    "tools", "tool_choice", "thinking", "metadata", "output_config", "output_format", "context_management",
  ]

  func input(from body: JSONValue, model: ModelID) throws(AWSFault) -> InvocationInput {
    let body = BodyReader(body, .schema)
    try body.check(required: ["anthropic_version", "max_tokens", "messages"], allowed: Self.parameters)
    _ = try body.required("anthropic_version").string()
    let maxTokens = try body.required("max_tokens").integer()
    guard maxTokens >= 1 else { throw .invalid("max_tokens: must be greater than or equal to 1") }
    let stopSequences = try body["stop_sequences"]?.strings() ?? []
    let prompt = try prompt(of: body)
    guard prompt.cachePoints.count <= 4 else {
      throw .invalid("A maximum of 4 blocks with cache_control may be provided. Found \(prompt.cachePoints.count).")
    }
    return prompt.input(maxTokens: maxTokens, stopSequences: stopSequences, forcedTool: try forcedTool(in: body))
  }

  private func forcedTool(in body: BodyReader) throws(AWSFault) -> String? {
    guard let choice = body["tool_choice"] else { return nil }
    let type = try choice.required("type").string()
    var names: [String] = []
    // A tool without a name can't be forced.
    for tool in try body["tools"]?.elements() ?? [] { if let name = tool.value["name"]?.string { names.append(name) } }
    guard !names.isEmpty || type == "none" else {
      throw .invalid("tool_choice: tool_choice may only be specified while providing tools.")
    }
    switch type {
    case "auto", "none": return nil
    case "any": return names.first
    case "tool":
      let name = try choice.required("name").string()
      guard names.contains(name) else { throw .invalid("tool_choice: Tool '\(name)' not found in provided tools") }
      return name
    default:
      throw .invalid(
        "tool_choice: Input tag '\(type)' found using 'type' does not match any of the expected tags: "
          + "'auto', 'any', 'tool', 'none'")
    }
  }

  func reply(_ completion: Completion) -> JSONValue {
    .object(
      message(completion) + [
        .init(
          "content",
          [completion.calledTool.map { toolUse($0, completion, input: completion.input.toolInput) } ?? textBlock(completion.text)]
        ),
        .init("stop_reason", completion.stopWord), .init("stop_sequence", stopSequence(completion)),
        .init("usage", usage(completion, output: completion.tokens.output)),
      ])
  }

  func opening(_ completion: Completion) -> [JSONValue] {
    let message = JSONValue.object(
      message(completion) + [
        .init("content", []), .init("stop_reason", nil), .init("stop_sequence", nil),
        .init("usage", usage(completion, output: min(1, completion.tokens.output))),
      ])
    let start: JSONValue = ["type": "message_start", "message": message]
    guard let tool = completion.calledTool else { return [start, blockStart(textBlock(""))] }
    return [
      start, blockStart(toolUse(tool, completion, input: [:])),
      delta(["type": "input_json_delta", "partial_json": .string(completion.input.toolInput.text)]),
    ]
  }

  func piece(_ text: Substring, tokensBefore: Int, tokens: Int, _ completion: Completion) -> JSONValue {
    delta(["type": "text_delta", "text": .string(String(text))])
  }

  func closing(_ completion: Completion) -> [JSONValue] {
    [
      ["type": "content_block_stop", "index": 0],
      [
        "type": "message_delta", "delta": ["stop_reason": completion.stopWord, "stop_sequence": stopSequence(completion)],
        "usage": ["output_tokens": .integer(completion.tokens.output)],
      ],
      ["type": "message_stop"],
    ]
  }

  private func message(_ completion: Completion) -> [JSONValue.Member] {
    [
      .init("model", .string(name(of: completion.model))), .init("id", .string("msg_bdrk_\(completion.id)")),
      .init("type", "message"), .init("role", "assistant"),
    ]
  }

  /// Anthropic's own name of the model, without provider and revision: `claude-3-5-sonnet-20241022`.
  private func name(of model: ModelID) -> String {
    let name = model.base.description.dropFirst(model.provider.utf8.count + 1).prefix { $0 != ":" }
    guard let hyphen = name.lastIndex(of: "-") else { return String(name) }
    let revision = name[hyphen...].dropFirst()
    let isRevision = revision.first == "v" && revision.count > 1 && revision.dropFirst().allSatisfy(\.isNumber)
    return String(isRevision ? name[..<hyphen] : name)
  }

  private func textBlock(_ text: String) -> JSONValue { ["type": "text", "text": .string(text)] }

  private func toolUse(_ name: String, _ completion: Completion, input: JSONValue) -> JSONValue {
    ["type": "tool_use", "id": .string("toolu_bdrk_\(completion.id)"), "name": .string(name), "input": input]
  }

  private func stopSequence(_ completion: Completion) -> JSONValue {
    if case .stopSequence(let sequence) = completion.stop { .string(sequence) } else { nil }
  }

  private func usage(_ completion: Completion, output: Int) -> JSONValue {
    [
      "input_tokens": .integer(completion.tokens.input),
      "cache_creation_input_tokens": .integer(completion.tokens.cacheWrite),
      "cache_read_input_tokens": .integer(completion.tokens.cacheRead), "output_tokens": .integer(output),
    ]
  }

  private func blockStart(_ block: JSONValue) -> JSONValue {
    ["type": "content_block_start", "index": 0, "content_block": block]
  }

  private func delta(_ delta: JSONValue) -> JSONValue { ["type": "content_block_delta", "index": 0, "delta": delta] }
}
