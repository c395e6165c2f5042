import AWSServer
import AWSWire
import BedrockQuotas

/// Anthropic's Messages API.
///
/// Source: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html
struct AnthropicFamily: ModelFamily {
  /// Whether the usage tells the tokens of reasoning, as in the Messages API.
  var countsThinking = false

  static let parameters: Set<String> = [
    "anthropic_version", "anthropic_beta", "max_tokens", "messages", "system", "stop_sequences", "temperature", "top_p", "top_k",
    "tools", "tool_choice", "thinking", "metadata", "output_config", "output_format", "context_management",
  ]

  func input(from body: JSONValue, model: ModelID) throws(AWSFault) -> InvocationInput {
    let body = BodyReader(body, .schema)
    try body.check(required: ["anthropic_version", "max_tokens", "messages"], allowed: Self.parameters)
    _ = try body.required("anthropic_version").string()
    return try input(body)
  }

  /// Reads what InvokeModel and the Messages API have in common.
  func input(_ body: BodyReader) throws(AWSFault) -> InvocationInput {
    let maxTokens = try body["max_tokens"]?.integer()
    if let maxTokens, maxTokens < 1 { throw .invalid("max_tokens: must be greater than or equal to 1") }
    let stopSequences = try body["stop_sequences"]?.strings() ?? []
    var prompt = try prompt(of: body)
    // A cache point at the end of the prompt, which only the Messages API takes.
    if body["cache_control"]?.value.isNull == false { prompt.addCachePoint() }
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
}
