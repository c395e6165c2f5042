import BedrockQuotas

extension RequestRule {
  /// What Converse itself refuses about tools, for all models.
  static let tools: [RequestRule] = [
    RequestRule(
      "a tool's name", .bedrock, "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolSpecification.html"
    ) { request in
      guard request.form == .converse else { return nil }
      for (index, name) in request.toolNames.enumerated() {
        let path = "toolConfig.tools.\(index + 1).member.toolSpec.name"
        guard let name else { return violation("null", at: path, "not be null") }
        if let problem = violation(name, at: path, letters: "_-", pattern: "[a-zA-Z0-9_-]+") { return problem }
      }
      return nil
    },
    RequestRule(
      "the name or id of a tool's use", .bedrock,
      "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolUseBlock.html"
    ) { request in
      guard request.form == .converse else { return nil }
      for (index, message) in request.messages.enumerated() {
        for (place, block) in message.blocks.enumerated() {
          let path = "messages.\(index + 1).member.content.\(place + 1).member"
          switch block.kind {
          case .toolUse(let id, let name):
            if let problem = violation(name, at: "\(path).toolUse.name", letters: "_-", pattern: "[a-zA-Z0-9_-]+") {
              return problem
            }
            if let problem = identifier(id, at: "\(path).toolUse.toolUseId") { return problem }
          case .toolResult(let id, _, _):
            if let problem = identifier(id, at: "\(path).toolResult.toolUseId") { return problem }
          default: break
          }
        }
      }
      return nil
    },
    RequestRule("a history of tools without toolConfig", .bedrock, "https://github.com/langgenius/dify/issues/17545") { request in
      guard request.form == .converse, !request.hasTools,
        request.messages.contains(where: { $0.blocks.contains { $0.isToolUse || $0.isToolResult } })
      else { return nil }
      return "The toolConfig field must be defined when using toolUse and toolResult content blocks."
    },
    RequestRule(
      "an error of a tool without content", .bedrock,
      "https://github.com/aws-samples/sample-multi-agent-orchestration-chat-on-agentcore/issues/15"
    ) { request in
      guard request.form == .converse else { return nil }
      for block in request.messages.flatMap(\.blocks) {
        guard case .toolResult(_, isEmpty: true, isError: true) = block.kind else { continue }
        return "The content field at \(block.path).toolResult cannot be empty when status value is error."
      }
      return nil
    },
    RequestRule("text beside a tool's result", .bedrock, "https://github.com/browser-use/browser-use/issues/710") { request in
      mixed(request, "tool result", \.isToolResult)
    },
    RequestRule("text beside a tool's use", .bedrock, "https://github.com/quarkiverse/quarkus-langchain4j/issues/1983") {
      request in
      mixed(request, "tool use", \.isToolUse)
    },
  ]

  /// Providers whose models take either text or tools in a message. The sources name Llama and Mistral.
  private static func mixed(
    _ request: RequestOutline, _ what: String, _ isTool: (RequestOutline.Block) -> Bool
  ) -> String? {
    guard request.form == .converse, ["meta", "mistral"].contains(request.model.provider) else { return nil }
    let index = request.messages.firstIndex { message in
      message.blocks.contains(where: isTool) && message.blocks.contains { $0.isText || $0.isPicture || $0.isDocument }
    }
    return index.map { "messages.\($0).content: Conversation blocks and \(what) blocks cannot be provided in the same turn." }
  }

  private static func identifier(_ id: String, at path: String) -> String? {
    violation(id, at: path, letters: "_.:-", pattern: "[a-zA-Z0-9_.:-]+")
  }

  /// Checks a name of up to 64 letters, digits and `letters`.
  private static func violation(_ name: String, at path: String, letters: String, pattern: String) -> String? {
    let shown = "'\(name.prefix(200))'"
    if name.isEmpty { return violation(shown, at: path, "have length greater than or equal to 1") }
    if name.unicodeScalars.count > 64 { return violation(shown, at: path, "have length less than or equal to 64") }
    let isSound = name.unicodeScalars.allSatisfy { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType == .decimal)
        || letters.unicodeScalars.contains(scalar)
    }
    return isSound ? nil : violation(shown, at: path, "satisfy regular expression pattern: \(pattern)")
  }

  private static func violation(_ value: String, at path: String, _ constraint: String) -> String {
    "1 validation error detected: Value \(value) at '\(path)' failed to satisfy constraint: Member must \(constraint)"
  }
}
