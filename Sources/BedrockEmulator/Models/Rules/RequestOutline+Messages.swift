import AWSWire

extension RequestOutline {
  /// Reads a body of Anthropic's Messages whose types are right.
  mutating func read(messages body: JSONValue) {
    messages = (body["messages"]?.array ?? []).enumerated().map { index, message in
      Self.anthropic(message, at: "messages.\(index).content")
    }
    for (index, message) in (body["messages"]?.array ?? []).enumerated() where unknownMember == nil {
      let unknown = message.members?.first { $0.name != "role" && $0.name != "content" }
      unknownMember = unknown.map { "messages.\(index).\($0.name.prefix(50))" }
    }
    hasSystem = body["system"] != nil
    if let tools = body["tools"]?.array {
      hasTools = true
      toolNames = tools.map { $0["name"]?.string }
    }
    switch body["tool_choice"]?["type"]?.string {
    case "any": toolChoice = .any
    case "tool": toolChoice = .tool
    case "auto": toolChoice = .auto
    default: break
    }
    maxTokens = body["max_tokens"]?.integer
    hasStopSequences = body["stop_sequences"]?.array != nil
    stopSequences = (body["stop_sequences"]?.array ?? []).compactMap(\.string)
    readClaude(body)
  }

  private static func anthropic(_ message: JSONValue, at path: String) -> Message {
    var read = Message(role: message["role"]?.string == "assistant" ? .assistant : .user, blocks: [], nested: [])
    if let text = message["content"]?.string { read.blocks = [Block(path: path, kind: .text(text), type: "text")] }
    for (index, block) in (message["content"]?.array ?? []).enumerated() {
      read.blocks.append(anthropic(block, at: "\(path).\(index)"))
      guard block["type"]?.string == "tool_result" else { continue }
      for (inner, nested) in (block["content"]?.array ?? []).enumerated() {
        read.nested.append(anthropic(nested, at: "\(path).\(index).tool_result.content.\(inner)"))
      }
    }
    return read
  }

  private static func anthropic(_ block: JSONValue, at path: String) -> Block {
    let type = block["type"]?.string ?? ""
    let kind: Block.Kind =
      switch type {
      case "text": .text(block["text"]?.string ?? "")
      case "image": .picture(base64: block["source"]?["data"]?.string)
      case "document": .document(name: block["title"]?.string)
      case "tool_use": .toolUse(id: block["id"]?.string ?? "", name: block["name"]?.string ?? "")
      case "tool_result":
        .toolResult(
          id: block["tool_use_id"]?.string ?? "", isEmpty: block["content"] == nil, isError: block["is_error"] == .bool(true))
      case "thinking", "redacted_thinking": .thinking
      default: .other
      }
    return Block(path: path, kind: kind, type: type)
  }
}
