extension RequestRule {
  /// The lowest budget of thinking, in tokens.
  private static let budgetMin = 1_024
  private static let documentation = "https://docs.claude.com/en/docs/build-with-claude/extended-thinking"
  private static let interleaved = "interleaved-thinking"

  /// What Claude refuses about extended thinking, `thinking` in the body or in `additionalModelRequestFields`.
  static let thinking: [RequestRule] = [
    RequestRule("thinking with a budget on a model that has none", .model, "https://github.com/Kilo-Org/kilocode/issues/10732") {
      request in
      guard let claude = request.claude, claude >= ClaudeVersion(4, 7), request.thinking?.type == "enabled" else { return nil }
      return
        "\"thinking.type.enabled\" is not supported for this model. Use \"thinking.type.adaptive\" and \"output_config.effort\" to control thinking behavior."
    },
    RequestRule("adaptive thinking on a model without", .model, "https://github.com/docker/docker-agent/issues/3362") { request in
      guard let claude = request.claude, claude < ClaudeVersion(4, 6), request.thinking?.type == "adaptive" else { return nil }
      return "adaptive thinking is not supported on this model"
    },
    RequestRule("a budget below 1,024", .model, "https://github.com/danny-avila/LibreChat/issues/8346") { request in
      guard request.claude != nil, request.thinking?.type == "enabled", let budget = request.thinking?.budget, budget < budgetMin
      else { return nil }
      return "thinking.enabled.budget_tokens: Input should be greater than or equal to \(budgetMin)"
    },
    RequestRule("a budget of max_tokens or more", .model, "https://github.com/vercel/ai/issues/7927") { request in
      guard request.claude != nil, request.thinking?.type == "enabled", let budget = request.thinking?.budget,
        let maxTokens = request.maxTokens, budget >= maxTokens,
        // With interleaved thinking, the budget is for all of a turn.
        !request.betas.contains(where: { $0.hasPrefix(interleaved) })
      else { return nil }
      return
        "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at \(documentation)#max-tokens-and-context-window-size"
    },
    RequestRule("a forced tool while thinking", .model, "https://github.com/strands-agents/harness-sdk/pull/1495") { request in
      guard request.claude != nil, request.isThinking, request.toolChoice == .any || request.toolChoice == .tool else {
        return nil
      }
      return "Thinking may not be enabled when tool_choice forces tool use."
    },
    RequestRule("a temperature while thinking", .model, "https://github.com/Aider-AI/aider/issues/3720") { request in
      guard request.claude != nil, request.isThinking, let temperature = request.temperature, temperature != 1 else { return nil }
      return
        "`temperature` may only be set to 1 when thinking is enabled\(orAdaptive(request)). Please consult our documentation at \(documentation)#important-considerations-when-using-extended-thinking"
    },
    RequestRule("top_p while thinking", .model, "https://github.com/SEMOSS/Semoss/pull/1655") { request in
      guard request.claude != nil, request.isThinking, let topP = request.topP, topP < 0.95 else { return nil }
      return
        "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled\(orAdaptive(request)). Please consult our documentation at \(documentation)#important-considerations-when-using-extended-thinking"
    },
    RequestRule("top_k while thinking", .model, "https://github.com/quarkiverse/quarkus-langchain4j/issues/1812") { request in
      guard request.claude != nil, request.isThinking, request.hasTopK else { return nil }
      return
        "`top_k` must be unset when thinking is enabled\(orAdaptive(request)). Please consult our documentation at \(documentation)#important-considerations-when-using-extended-thinking"
    },
    RequestRule("a turn of tools without its thinking", .model, "https://github.com/pydantic/pydantic-ai/issues/2453") {
      request in
      guard let claude = request.claude, claude < ClaudeVersion(4, 6), request.thinking?.type == "enabled",
        let index = request.messages.lastIndex(where: { $0.role == .assistant }),
        let first = request.messages[index].blocks.first,
        !first.isThinking, index == request.messages.count - 1 || !request.messages[index].uses.isEmpty
      else { return nil }
      return
        "messages.\(index).content.0.type: Expected `thinking` or `redacted_thinking`, but found `\(first.type)`. When `thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost set of `tool_use` and `tool_result` blocks). We recommend you include thinking blocks from previous turns. To avoid this requirement, disable `thinking`. Please consult our documentation at \(documentation)"
    },
  ]

  /// Models with adaptive thinking mention it.
  private static func orAdaptive(_ request: RequestOutline) -> String {
    request.claude.map { $0 >= ClaudeVersion(4, 6) } == true ? " or in adaptive mode" : ""
  }
}
