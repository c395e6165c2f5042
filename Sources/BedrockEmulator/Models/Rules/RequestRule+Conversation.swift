extension RequestRule {
  /// What Claude refuses about the course of a conversation.
  static let conversation: [RequestRule] = [
    RequestRule("an unknown field for Claude", .model, "https://github.com/BerriAI/litellm/issues/13825") {
      $0.form == .converse ? unknown($0) : nil
    },
    RequestRule("an unknown member of a message", .model, "https://github.com/ErlichLiu/DeepClaude/issues/79") {
      $0.form == .messages ? unknown($0) : nil
    },
    RequestRule("a prefilled reply", .model, "https://github.com/anomalyco/opencode/issues/29760") { request in
      guard let claude = request.claude, claude >= ClaudeVersion(4, 6), request.messages.last?.role == .assistant else {
        return nil
      }
      return "This model does not support assistant message prefill. The conversation must end with a user message."
    },
    RequestRule("a prefilled reply that ends in a blank", .model, "https://github.com/aws/aws-sdk-net/pull/4015") { request in
      guard request.claude != nil, let last = request.messages.last, last.role == .assistant,
        case .text(let text)? = last.blocks.last?.kind, text.last?.isWhitespace == true
      else { return nil }
      return "messages: final assistant content cannot end with trailing whitespace"
    },
    RequestRule("a blank stop sequence", .model, "https://github.com/BerriAI/litellm/issues/3286") { request in
      request.claude != nil && request.stopSequences.contains { $0.allSatisfy(\.isWhitespace) }
        ? "stop_sequences: each stop sequence must contain non-whitespace" : nil
    },
  ]

  private static func unknown(_ request: RequestOutline) -> String? {
    request.unknownMember.map { "\($0): Extra inputs are not permitted" }
  }
}
