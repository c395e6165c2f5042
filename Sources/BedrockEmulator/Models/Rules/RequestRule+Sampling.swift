extension RequestRule {
  /// What Claude refuses about temperature, `top_p` and `top_k`.
  static let sampling: [RequestRule] = [
    RequestRule("a temperature above 1", .model, "https://github.com/anthropics/anthropic-sdk-python/issues/893") { request in
      guard request.form == .messages, let temperature = request.temperature, temperature > 1 else { return nil }
      return "temperature: range: 0..1"
    },
    RequestRule("a temperature for a model that chooses its own", .model, "https://github.com/openclaw/openclaw/issues/73663") {
      // The default is accepted while the model thinks: github.com/logancyang/obsidian-copilot/issues/2600.
      $0.choosesItsOwn && $0.temperature != nil && !($0.temperature == 1 && $0.isThinking) ? deprecated("temperature") : nil
    },
    RequestRule(
      "top_p for a model that chooses its own", .model,
      "https://docs.aws.amazon.com/bedrock/latest/userguide/model-card-anthropic-claude-opus-4-7.html"
    ) {
      $0.choosesItsOwn && $0.topP != nil ? deprecated("top_p") : nil
    },
    RequestRule(
      "top_k for a model that chooses its own", .model,
      "https://docs.aws.amazon.com/bedrock/latest/userguide/model-card-anthropic-claude-opus-4-7.html"
    ) {
      $0.choosesItsOwn && $0.hasTopK ? deprecated("top_k") : nil
    },
    RequestRule("temperature and top_p together", .model, "https://github.com/BerriAI/litellm/issues/15070") { request in
      guard let claude = request.claude, request.temperature != nil, request.topP != nil,
        claude >= ClaudeVersion(4, 5) || (claude == ClaudeVersion(4, 1) && claude.family == "opus")
      else { return nil }
      return "`temperature` and `top_p` cannot both be specified for this model. Please use only one."
    },
  ]

  private static func deprecated(_ parameter: String) -> String { "`\(parameter)` is deprecated for this model." }
}

extension RequestOutline {
  /// Whether the model takes no parameters of sampling: Claude from 4.7 on.
  fileprivate var choosesItsOwn: Bool { claude.map { $0 >= ClaudeVersion(4, 7) } ?? false }
}
