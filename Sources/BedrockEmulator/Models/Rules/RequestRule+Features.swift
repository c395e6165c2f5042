extension RequestRule {
  private static let documented =
    "https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-supported-models-features.html"
  private static let fields =
    "https://github.com/aws-samples/sample-connector-for-bedrock/blob/main/docs/providers/bedrock-converse.md"
  private static let toolChoices = "https://github.com/strands-agents/harness-sdk/issues/1241"

  /// What Converse refuses because the model doesn't have it.
  static let features: [RequestRule] = [
    lacking(
      "a system prompt for a model without", .system, "https://github.com/Mintplex-Labs/anything-llm/issues/2486",
      "This model doesn't support system messages. Try again without a system message or use a model that supports system messages."
    ) { $0.hasSystem },
    lacking(
      "tools in a stream of a model without", .streamedTools, "https://github.com/earendil-works/pi/issues/3739",
      "This model doesn't support tool use in streaming mode."
    ) { $0.hasTools && $0.isStream },
    lacking(
      "tools for a model without", .tools, "https://github.com/langchain-ai/langchain-aws/issues/447",
      "This model doesn't support tool use."
    ) { $0.hasTools },
    RequestRule("a picture for a model without", .bedrock, documented) { request in
      guard request.form == .converse, !request.readsPictures,
        request.messages.contains(where: { $0.blocks.contains(where: \.isPicture) })
      else { return nil }
      return "This model doesn't support the image content block that you provided. Update the content block and try again."
    },
    lacking("a document for a model without", .documents, documented, "This model doesn't support documents.") {
      $0.messages.contains { $0.blocks.contains(where: \.isDocument) }
    },
    unsupported("a temperature for a model without", .temperature, "temperature", fields) {
      $0.temperature.map { $0 != 1 } ?? false
    },
    unsupported("topP for a model without", .topP, "topP", fields) { $0.topP != nil },
    unsupported(
      "stop sequences for a model without", .stopSequences, "stopSequences",
      "https://github.com/langchain4j/langchain4j/issues/3650"
    ) { $0.hasStopSequences },
    unsupported("any tool for a model without", .anyTool, "toolConfig.toolChoice.any", toolChoices) { $0.toolChoice == .any },
    unsupported("a named tool for a model without", .namedTool, "toolConfig.toolChoice.tool", toolChoices) {
      $0.toolChoice == .tool
    },
  ]

  private static func lacking(
    _ name: String, _ feature: ModelFeature, _ source: String, _ message: String,
    _ uses: @escaping @Sendable (RequestOutline) -> Bool
  ) -> RequestRule {
    RequestRule(name, .bedrock, source) { request in
      request.form == .converse && feature.isMissing(in: request.model) && uses(request) ? message : nil
    }
  }

  private static func unsupported(
    _ name: String, _ feature: ModelFeature, _ member: String, _ source: String,
    _ uses: @escaping @Sendable (RequestOutline) -> Bool
  ) -> RequestRule {
    lacking(name, feature, source, "This model doesn't support the \(member) field. Remove \(member) and try again.", uses)
  }
}

extension RequestOutline.Block {
  var isPicture: Bool { if case .picture = kind { true } else { false } }
  var isDocument: Bool { if case .document = kind { true } else { false } }
  var isToolUse: Bool { if case .toolUse = kind { true } else { false } }
  var isToolResult: Bool { if case .toolResult = kind { true } else { false } }
  var isThinking: Bool { if case .thinking = kind { true } else { false } }
  var isText: Bool { if case .text = kind { true } else { false } }
}
