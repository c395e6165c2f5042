import AWSServer
import AWSWire

extension AnthropicFamily {
  /// The prompt in the order of caching: tools, system, messages.
  func prompt(of body: BodyReader) throws(AWSFault) -> PromptCounter {
    var prompt = PromptCounter()
    for tool in try body["tools"]?.elements() ?? [] {
      try tool.object()
      prompt.begin("tool")
      prompt.add(tool.value.without("cache_control"))
      addCachePoint(of: tool, to: &prompt)
    }
    if let system = body["system"] {
      prompt.begin("system")
      try add(content: system, to: &prompt)
    }
    let messages = try body.required("messages").elements()
    guard !messages.isEmpty else { throw .invalid("messages: at least one message is required") }
    for (index, message) in messages.enumerated() {
      try add(message, isFirst: index == 0, isLast: index == messages.count - 1, to: &prompt)
    }
    return prompt
  }

  private func add(_ message: BodyReader, isFirst: Bool, isLast: Bool, to prompt: inout PromptCounter) throws(AWSFault) {
    try message.check(required: ["role", "content"])
    let role = try message.required("role").string()
    guard role == "user" || role == "assistant" else {
      let hint = " The Messages API accepts a top-level `system` parameter, not \"system\" as an input message role."
      throw .invalid("messages: Unexpected role \"\(role.prefix(50))\".\(role == "system" ? hint : "")")
    }
    guard !isFirst || role == "user" else { throw .invalid("messages: first message must use the \"user\" role") }
    let content = try message.required("content")
    let isEmpty = content.value.string?.isEmpty ?? content.value.array?.isEmpty ?? false
    guard !isEmpty || (isLast && role == "assistant") else {
      throw .invalid(
        "\(message.dottedPath): all messages must have non-empty content except for the optional final assistant message")
    }
    prompt.begin(role)
    try add(content: content, to: &prompt)
  }

  /// Adds a string or a list of blocks.
  private func add(content: BodyReader, to prompt: inout PromptCounter) throws(AWSFault) {
    if let text = content.value.string { return prompt.add(text) }
    for block in try content.elements() {
      try add(block: block, to: &prompt)
      addCachePoint(of: block, to: &prompt)
    }
  }

  private func add(block: BodyReader, to prompt: inout PromptCounter) throws(AWSFault) {
    switch try field("type", of: block).string() {
    case "text":
      let text = try field("text", of: block).string()
      guard !text.isEmpty else { throw .invalid("messages: text content blocks must be non-empty") }
      prompt.add(text)
    case "image":
      let source = try field("source", of: block)
      try source.object()
      prompt.addImage((source.value["data"] ?? source.value["url"] ?? source.value).text)
    case "document": try add(document: block, to: &prompt)
    case "tool_use":
      prompt.add(try field("name", of: block).string())
      prompt.add(try field("input", of: block).value)
    case "tool_result":
      // The result of a tool may have no content.
      if let content = block["content"], !content.value.isNull { try add(content: content, to: &prompt) }
    case "thinking": prompt.add(try field("thinking", of: block).string())
    default:
      // Count unknown kinds of blocks as text, since Anthropic keeps adding new ones.
      prompt.add(block.value.without("cache_control").without("type"))
    }
  }

  private func add(document: BodyReader, to prompt: inout PromptCounter) throws(AWSFault) {
    let source = try field("source", of: document)
    try source.object()
    if let content = source["content"] {
      try add(content: content, to: &prompt)
    } else if let data = source["data"] {
      let data = try data.string()
      if source.value["type"]?.string == "base64" { prompt.addDocument(base64: data) } else { prompt.add(data) }
    } else {
      // A document that is given by its address; its length isn't known here.
      prompt.begin(source.value.text)
    }
    for name in ["title", "context"] { if let text = document.value[name]?.string { prompt.add(text) } }
  }

  private func field(_ name: String, of block: BodyReader) throws(AWSFault) -> BodyReader {
    try block.object()
    guard let field = block[name] else { throw .invalid("\(block.dottedPath).\(name): Field required") }
    return field
  }

  private func addCachePoint(of block: BodyReader, to prompt: inout PromptCounter) {
    if let control = block.value["cache_control"], !control.isNull { prompt.addCachePoint() }
  }
}
