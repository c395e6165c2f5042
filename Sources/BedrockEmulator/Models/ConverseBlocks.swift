import AWSServer
import AWSWire

/// Messages, system prompts and tools in the format of Converse and of InvokeModel for Nova.
enum ConverseBlocks {
  /// The prompt in the order of caching: tools, system, messages.
  static func prompt(of body: BodyReader, messages: [BodyReader]) throws(AWSFault) -> PromptCounter {
    var prompt = PromptCounter()
    for tool in try body["toolConfig"]?.object()["tools"]?.elements() ?? [] {
      try tool.object()
      if tool["cachePoint"] != nil {
        prompt.addCachePoint()
      } else if let tool = tool["toolSpec"] ?? tool["systemTool"] {
        prompt.begin("tool")
        prompt.add(try tool.object().value)
      }
    }
    if let system = body["system"] {
      prompt.begin("system")
      // Nova's own format also accepts a plain string.
      if body.dialect == .schema, let text = system.value.string {
        prompt.add(text)
      } else {
        for block in try system.elements() { try add(block, to: &prompt) }
      }
    }
    for message in messages {
      prompt.begin(message.value["role"]?.string ?? "")
      for block in try message["content"]?.elements() ?? [] { try add(block, to: &prompt) }
    }
    return prompt
  }

  /// The tool that must be called: the named one, or the first for `any`.
  static func forcedTool(in body: BodyReader) throws(AWSFault) -> String? {
    guard let config = body["toolConfig"], let choice = config["toolChoice"] else { return nil }
    try choice.object()
    var names: [String] = []
    for tool in try config["tools"]?.elements() ?? [] {
      if let name = try (tool["toolSpec"] ?? tool["systemTool"])?["name"]?.string(), !name.isEmpty { names.append(name) }
    }
    if let tool = choice["tool"] {
      guard let name = try tool.object()["name"]?.string() else { return nil }
      guard names.contains(name) else { throw .invalid("The tool \(name.prefix(64)) of toolChoice is not in toolConfig.tools.") }
      return name
    }
    return choice["any"] != nil ? names.first : nil
  }

  private static func add(_ block: BodyReader, to prompt: inout PromptCounter) throws(AWSFault) {
    try block.object()
    if let text = block["text"] {
      prompt.add(try text.string())
    } else if let picture = block["image"] ?? block["video"] ?? block["audio"] {
      // Videos and sounds count as images: their tokens depend on their length, which only a decoder could find.
      try picture.object()
      prompt.addImage((picture["source"] ?? picture).value.text)
    } else if let document = block["document"] {
      try add(document: document, to: &prompt)
    } else if let use = block["toolUse"] {
      prompt.add(try use.object()["name"]?.string() ?? "")
      prompt.add(use["input"]?.value ?? [:])
    } else if let result = block["toolResult"] {
      for block in try result.object()["content"]?.elements() ?? [] { try add(block, to: &prompt) }
    } else if let json = block["json"] {
      prompt.add(json.value)
    } else if let guarded = block["guardContent"] {
      if let text = try guarded.object()["text"] {
        prompt.add(try text.object()["text"]?.string() ?? "")
      } else {
        try add(guarded, to: &prompt)
      }
    } else if let reasoning = block["reasoningContent"] {
      let text = try reasoning.object()["reasoningText"]?.object()["text"]
      prompt.add(try (text ?? reasoning["redactedContent"])?.string() ?? "")
    } else if let list = block["searchResult"] ?? block["citationsContent"] {
      try list.object()
      for name in ["source", "title"] { prompt.add(try list[name]?.string() ?? "") }
      for block in try list["content"]?.elements() ?? [] { try add(block, to: &prompt) }
    } else if block["cachePoint"] != nil {
      prompt.addCachePoint()
    }
  }

  private static func add(document: BodyReader, to prompt: inout PromptCounter) throws(AWSFault) {
    try document.object()
    if let context = document["context"] { prompt.add(try context.string()) }
    guard let source = document["source"] else { return }
    try source.object()
    if let bytes = source["bytes"] {
      prompt.addDocument(base64: try bytes.string())
    } else if let text = source["text"] {
      prompt.add(try text.string())
    } else if let content = source["content"] {
      for block in try content.elements() { try add(block, to: &prompt) }
    } else {
      prompt.begin(source.value.text)
    }
  }

  static let startsWithUser =
    "A conversation must start with a user message. Try again with a conversation that starts with a user message."

  /// Checks that the first role is the user and that roles alternate.
  static func checkRoles(of messages: [BodyReader]) throws(AWSFault) {
    var before: String?
    for message in messages {
      let role = message.value["role"]?.string
      guard before != nil || role == "user" else { throw .invalid(startsWithUser) }
      guard role != before else {
        throw .invalid(
          "A conversation must alternate between user and assistant roles. "
            + "Make sure the conversation alternates between user and assistant roles and try again.")
      }
      before = role
    }
  }
}

extension ReplyBlock.Reasoning {
  /// As `reasoningText` of a reply.
  fileprivate var converseText: JSONValue {
    .object([.init("text", .string(text))] + (signature.map { [.init("signature", .string($0))] } ?? []))
  }
}

extension ReplyBlock {
  /// The events of ConverseStream, and of Nova's own stream, before the pieces of a block; text has none.
  func converseStart(at index: Int, _ completion: Completion) -> [(event: String, payload: JSONValue)] {
    guard case .toolUse(let name, let input) = self else { return [] }
    return [
      (
        "contentBlockStart",
        [
          "start": ["toolUse": ["toolUseId": completion.toolUseID, "name": .string(name)]],
          "contentBlockIndex": .integer(index),
        ]
      ), Self.converseDelta(["toolUse": ["input": .string(input.text)]], at: index),
    ]
  }

  /// The events after the pieces of a block.
  func converseStop(at index: Int) -> [(event: String, payload: JSONValue)] {
    let stop = [("contentBlockStop", JSONValue.object([.init("contentBlockIndex", .integer(index))]))]
    guard case .reasoning(let reasoning) = self, let signature = reasoning.signature else { return stop }
    return [Self.converseDelta(["reasoningContent": ["signature": .string(signature)]], at: index)] + stop
  }

  static func converseDelta(_ delta: JSONValue, at index: Int) -> (event: String, payload: JSONValue) {
    ("contentBlockDelta", ["delta": delta, "contentBlockIndex": .integer(index)])
  }
}

extension Completion {
  /// The content blocks of the assistant's message.
  var converseBlocks: JSONValue {
    .array(
      blocks.map { block in
        switch block {
        case .reasoning(let reasoning): ["reasoningContent": ["reasoningText": reasoning.converseText]]
        case .text(let text): ["text": .string(text)]
        case .toolUse(let name, let input):
          ["toolUse": ["toolUseId": toolUseID, "name": .string(name), "input": input]]
        }
      })
  }

  var toolUseID: JSONValue { .string("tooluse_\(id)") }
}
