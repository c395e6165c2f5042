package import AWSServer
package import AWSWire
package import BedrockQuotas

/// The bodies of Converse, the same for every model.
///
/// Source: docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
package enum ConverseFormat {
  /// Reads a request.
  /// - Throws: `SerializationException` for a value of the wrong type, else `ValidationException`.
  package static func input(from body: JSONValue, model: ModelID) throws(AWSFault) -> InvocationInput {
    let body = BodyReader(body, .converse)
    try body.object()
    let messages = try body["messages"]?.elements() ?? []
    guard !messages.isEmpty else { throw .invalid(ConverseBlocks.startsWithUser) }
    for (index, message) in messages.enumerated() { try check(message, at: index) }
    try ConverseBlocks.checkRoles(of: messages)
    try checkTools(in: body)
    let config = body["inferenceConfig"]
    try config?.object()
    let maxTokens = try config?["maxTokens"]?.integer()
    if let maxTokens, maxTokens < 1 {
      throw violation("'\(maxTokens)'", at: "inferenceConfig.maxTokens", "have value greater than or equal to 1")
    }
    for name in ["temperature", "topP"] { try checkShare(config?[name]) }
    let prompt = try ConverseBlocks.prompt(of: body, messages: messages)
    var input = prompt.input(
      maxTokens: maxTokens, stopSequences: try config?["stopSequences"]?.strings() ?? [],
      forcedTool: try ConverseBlocks.forcedTool(in: body))
    let latency = try word(in: body["performanceConfig"]?.object()["latency"], ["standard", "optimized"])
    input.isLatencyOptimized = latency == "optimized"
    input.serviceTier = try word(in: body["serviceTier"]?.object()["type"], ["priority", "default", "flex", "reserved"])
    return input
  }

  private static func check(_ message: BodyReader, at index: Int) throws(AWSFault) {
    try message.object()
    guard let role = try message["role"]?.string() else {
      throw violation("null", at: "messages.\(index + 1).member.role", "not be null")
    }
    guard role == "user" || role == "assistant" else {
      throw violation(
        "'\(role.prefix(50))'", at: "messages.\(index + 1).member.role", "satisfy enum value set: [user, assistant]")
    }
    let blocks = try message["content"]?.elements() ?? []
    guard !blocks.isEmpty else {
      throw .invalid(
        "The content field in the Message object at \(message.dottedPath) is empty. "
          + "Add a ContentBlock object to the content field and try again.")
    }
    for block in blocks {
      try block.object()
      guard let text = try block["text"]?.string(), text.allSatisfy(\.isWhitespace) else { continue }
      throw .invalid(
        "The text field in the ContentBlock object at \(block.dottedPath) is blank. Add text to the text field, and try again.")
    }
  }

  private static func checkTools(in body: BodyReader) throws(AWSFault) {
    guard let config = body["toolConfig"] else { return }
    try config.object()
    guard let tools = try config["tools"]?.elements() else {
      throw violation("null", at: "toolConfig.tools", "not be null")
    }
    guard !tools.isEmpty else {
      throw violation("'[]'", at: "toolConfig.tools", "have length greater than or equal to 1")
    }
    guard let tool = try config["toolChoice"]?.object()["tool"] else { return }
    guard let name = try tool.object()["name"]?.string() else {
      throw violation("null", at: "toolConfig.toolChoice.tool.name", "not be null")
    }
    guard !name.isEmpty else {
      throw violation("''", at: "toolConfig.toolChoice.tool.name", "have length greater than or equal to 1")
    }
  }

  /// A number from 0 to 1.
  private static func checkShare(_ share: BodyReader?) throws(AWSFault) {
    guard let share else { return }
    guard let value = share.value.double else { throw share.wrongType("Float") }
    guard value >= 0, value <= 1 else {
      throw violation(
        "'\(share.value.text)'", at: share.dottedPath,
        value < 0 ? "have value greater than or equal to 0" : "have value less than or equal to 1")
    }
  }

  private static func word(in member: BodyReader?, _ words: [String]) throws(AWSFault) -> String? {
    guard let member else { return nil }
    let word = try member.string()
    guard words.contains(word) else {
      throw violation("'\(word.prefix(50))'", at: member.dottedPath, "satisfy enum value set: [\(words.joined(separator: ", "))]")
    }
    return word
  }

  private static func violation(_ value: String, at path: String, _ constraint: String) -> AWSFault {
    .invalid("1 validation error detected: Value \(value) at '\(path)' failed to satisfy constraint: Member must \(constraint)")
  }
}
