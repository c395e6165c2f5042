import AWSWire

extension RequestOutline {
  /// Reads a body of Converse whose types are right.
  mutating func read(converse body: JSONValue) {
    namesGuardrail = body["guardrailConfig"]?["guardrailIdentifier"]?.string.map { !$0.isEmpty } ?? false
    messages = (body["messages"]?.array ?? []).enumerated().map { index, message in
      Self.converse(message, at: "messages.\(index).content")
    }
    hasSystem = body["system"]?.array?.contains { $0["text"] != nil } ?? false
    if let tools = body["toolConfig"]?["tools"]?.array {
      hasTools = true
      toolNames = tools.compactMap { $0["toolSpec"] }.map { $0["name"]?.string }
    }
    if let choice = body["toolConfig"]?["toolChoice"] {
      toolChoice = choice["any"] != nil ? .any : choice["tool"] != nil ? .tool : .auto
    }
    let config = body["inferenceConfig"]
    maxTokens = config?["maxTokens"]?.integer
    temperature = config?["temperature"]?.double
    topP = config?["topP"]?.double
    hasStopSequences = config?["stopSequences"]?.array != nil
    stopSequences = (config?["stopSequences"]?.array ?? []).compactMap(\.string)
    if claude != nil, let fields = body["additionalModelRequestFields"] {
      readClaude(fields)
      unknownMember = fields.members?.first { !Self.fields.contains($0.name) }?.name
    }
  }

  /// What may be an additional field: the members of Anthropic's Messages in InvokeModel, those that only Anthropic's own API has,
  /// and `reasoning_config`, Converse's name for `thinking`.
  private static let fields = AnthropicFamily.parameters.union([
    "cache_control", "container", "inference_geo", "mcp_servers", "reasoning_config", "service_tier", "speed", "stream",
  ])

  private static func converse(_ message: JSONValue, at path: String) -> Message {
    var read = Message(role: message["role"]?.string == "assistant" ? .assistant : .user, blocks: [], nested: [])
    for (index, block) in (message["content"]?.array ?? []).enumerated() {
      read.blocks.append(converse(block, at: "\(path).\(index)"))
      for (inner, nested) in (block["toolResult"]?["content"]?.array ?? []).enumerated() {
        read.nested.append(converse(nested, at: "\(path).\(index).toolResult.content.\(inner)"))
      }
    }
    return read
  }

  private static func converse(_ block: JSONValue, at path: String) -> Block {
    if let text = block["text"]?.string { return Block(path: path, kind: .text(text), type: "text") }
    if let picture = block["image"] {
      return Block(path: path, kind: .picture(base64: picture["source"]?["bytes"]?.string), type: "image")
    }
    if let document = block["document"] {
      return Block(path: path, kind: .document(name: document["name"]?.string), type: "document")
    }
    if let use = block["toolUse"] {
      let kind = Block.Kind.toolUse(id: use["toolUseId"]?.string ?? "", name: use["name"]?.string ?? "")
      return Block(path: path, kind: kind, type: "tool_use")
    }
    if let result = block["toolResult"] {
      let kind = Block.Kind.toolResult(
        id: result["toolUseId"]?.string ?? "", isEmpty: result["content"]?.array?.isEmpty ?? true,
        isError: result["status"]?.string == "error")
      return Block(path: path, kind: kind, type: "tool_result")
    }
    if block["reasoningContent"] != nil { return Block(path: path, kind: .thinking, type: "thinking") }
    return Block(path: path, kind: .other, type: "other")
  }
}
