import AWSWire
import BedrockQuotas

/// Which API takes a body, by the body's own shape.
///
/// | body | API |
/// |---|---|
/// | all members are Converse's, and `messages` have its blocks | Converse |
/// | `input`, and neither `messages` nor `prompt` | Responses |
/// | `messages` for Claude without `anthropic_version`, which InvokeModel demands | Messages |
/// | `messages` and `model`, which InvokeModel has in its path, for another model | Chat Completions |
/// | any other | InvokeModel |
///
/// On bedrock-mantle, which has no InvokeModel, any other is for Messages if the model is Claude, else for Chat Completions.
///
/// A body that looks like both forms goes where all of its members have a meaning. A wrong choice is expensive: Converse drops
/// members that it doesn't know, so a bound of the output would be lost without a word.
extension ModelRequest.API {
  /// Members of a body for Converse.
  ///
  /// Source: docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
  static let converseMembers: Set<String> = [
    "messages", "system", "inferenceConfig", "toolConfig", "guardrailConfig", "additionalModelRequestFields",
    "additionalModelResponseFieldPaths", "promptVariables", "requestMetadata", "performanceConfig", "serviceTier", "outputConfig",
  ]
  /// Members of Converse's `inferenceConfig`.
  static let inferenceMembers: Set<String> = ["maxTokens", "temperature", "topP", "stopSequences"]
  /// Members that bodies of the families have, and Converse doesn't: one of them decides.
  private static let familyMembers: Set<String> = [
    "schemaVersion", "anthropic_version", "anthropic_beta", "max_tokens", "max_completion_tokens", "max_tokens_to_sample",
    "max_gen_len", "max_new_tokens", "temperature", "top_p", "top_k", "stop", "stop_sequences", "tools", "tool_choice",
    "thinking",
    "reasoning_effort", "response_format", "prompt", "inputText", "textGenerationConfig", "model", "stream", "n", "seed",
    "metadata",
    "frequency_penalty", "presence_penalty", "output_config", "service_tier", "context_management",
  ]

  /// - Parameters:
  ///   - body: a JSON object.
  ///   - model: nil if unknown.
  ///   - endpoint: the one that takes the request.
  init(shapeOf body: JSONValue, model: ModelID? = nil, on endpoint: QuotaEndpoint = .runtime) {
    let other: ModelRequest.API =
      endpoint == .runtime ? .invokeModel : model?.provider == "anthropic" ? .messages : .chatCompletions
    self = Self.isForConverse(body, model) ? .converse : Self.compatible(body, model) ?? other
  }

  /// The API for a single prompt where the caller names none.
  package init(forPromptTo resolution: Resolution) {
    self =
      switch (resolution.endpoint, resolution.modelID) {
      case (.mantle, let model?): Self(onMantle: model)
      default: resolution.modelID?.isEmbeddingModel == true ? .invokeModel : .converse
      }
  }

  /// The API for a single prompt to a model on bedrock-mantle: Chat Completions where the model has it, because that, unlike
  /// Responses, stores nothing.
  package init(onMantle model: ModelID, facts: Facts = .builtIn) {
    let served = facts.mantle(of: model)?.apis.compactMap(Self.init(rawValue:)) ?? []
    let usual: Self = model.provider == "anthropic" ? .messages : .chatCompletions
    self = served.contains(usual) ? usual : served.first ?? usual
  }

  private static func compatible(_ body: JSONValue, _ model: ModelID?) -> ModelRequest.API? {
    guard model?.isEmbeddingModel != true, body["anthropic_version"] == nil else { return nil }
    guard body["messages"]?.array != nil else {
      guard let input = body["input"], input.string != nil || input.array != nil, body["prompt"]?.string == nil else {
        return nil
      }
      return .responses
    }
    let named = body["model"]?.string
    let isClaude = model.map { $0.provider == "anthropic" } ?? named?.contains("anthropic.") ?? false
    if isClaude { return .messages }
    return named == nil ? nil : .chatCompletions
  }

  private static func isForConverse(_ body: JSONValue, _ model: ModelID?) -> Bool {
    guard model?.isEmbeddingModel != true, let members = body.members else { return false }
    guard !members.contains(where: { familyMembers.contains($0.name) }) else { return false }
    // Converse takes `system` as blocks.
    if let system = body["system"], system.array == nil { return false }
    // Nova's own form has these; a misspelled bound is refused by ``ModelRequest/shapeProblem`` or by the service.
    if let config = body["inferenceConfig"]?.members, config.contains(where: { novaMembers.contains($0.name) }) { return false }
    guard let messages = body["messages"]?.array, !messages.isEmpty else { return body["promptVariables"] != nil }
    return messages.allSatisfy { message in
      guard let blocks = message["content"]?.array, !blocks.isEmpty else { return false }
      // In a message for Converse, each block has one member, which names its kind; in the families' bodies, a block has a `type`
      // or is plain text.
      return blocks.allSatisfy { $0["type"] == nil && $0.members?.count == 1 }
    }
  }

  /// Members of `inferenceConfig` in Nova's own form, which Converse drops.
  ///
  /// Source: docs.aws.amazon.com/nova/latest/userguide/complete-request-schema.html
  private static let novaMembers: Set<String> = ["max_new_tokens", "topK", "top_k", "top_p", "stop_sequences", "max_tokens"]
}

extension ModelRequest {
  /// Why a body can't be sent as it is: it states a bound of its output that the operation would drop or refuse; nil if it can.
  ///
  /// Converse answers "The additional field max_tokens conflicts with the existing field maxTokens.":
  /// github.com/BerriAI/litellm/issues/13841.
  var shapeProblem: String? {
    guard api == .converse else { return api == .invokeModel ? ignoredBound : foreignBound }
    if let name = additionalMaxTokens {
      return "Converse refuses a bound of the output in additionalModelRequestFields (\(name)); use inferenceConfig.maxTokens."
    }
    let dropped = droppedMembers.filter { $0.lowercased().contains("max") && $0.lowercased().contains("token") }
    guard let name = dropped.first else { return nil }
    return "Converse doesn't know \(name), so the bound of the output would be lost; use inferenceConfig.maxTokens."
  }

  /// Why the service would refuse the request for its thinking budget, which must be below max_tokens; nil if it would not.
  /// - Parameter fill: max_tokens for a request that has none; nil: the model's maximum.
  func thinkingProblem(filledWith fill: Int?) -> String? {
    guard let budget = thinkingBudget, let most = statesMaxTokens ? maxTokens : fill, budget >= most else { return nil }
    return
      "The thinking budget of \(budget) tokens is not below max_tokens of \(most), so the service would refuse the request; raise max_tokens or lower the budget."
  }

  /// Why Nova would ignore the bound in a body of its own form; nil if it doesn't.
  private var ignoredBound: String? {
    let names = (body["inferenceConfig"]?.members ?? []).map(\.name)
    guard Set(names).isDisjoint(with: ["maxTokens", "max_new_tokens"]) else { return nil }
    let ignored = names.first { $0.lowercased().contains("max") && $0.lowercased().contains("token") }
    return ignored.map {
      "The model ignores inferenceConfig.\($0.prefix(100)), so its output would have no bound; use inferenceConfig.maxTokens."
    }
  }

  /// Why a compatible API would not see the bound of the output: it stands under the name that another API has for it. nil if it does.
  private var foreignBound: String? {
    guard !statesMaxTokens else { return nil }
    let names = (body.members ?? []).map(\.name).filter { $0.lowercased().contains("max") && $0.lowercased().contains("token") }
    let nested = body["inferenceConfig"]?.members == nil ? [] : ["inferenceConfig"]
    let known = api.maxTokensPaths.compactMap(\.first)
    return (names + nested).first { !known.contains($0) }.map {
      "\(api.rawValue) doesn't know \($0.prefix(100)), so the output would have no bound; use \(known[0])."
    }
  }

  /// Members of a body for Converse that Converse doesn't know and so drops, by their paths. Names that no text needs are cut.
  var droppedMembers: [String] {
    guard api == .converse else { return [] }
    let top = (body.members ?? []).map(\.name).filter { !API.converseMembers.contains($0) }
    let config = (body["inferenceConfig"]?.members ?? []).map(\.name).filter { !API.inferenceMembers.contains($0) }
    return (top + config.map { "inferenceConfig.\($0)" }).map { String($0.prefix(100)) }
  }

  /// Whether the body doesn't hold all of the input: it is a prompt that Bedrock stores, or it goes on from an earlier response.
  var usesStoredPrompt: Bool {
    if api == .responses { return ["previous_response_id", "prompt", "conversation"].contains { body[$0]?.isNull == false } }
    return body["promptVariables"] != nil || (api == .converse && body["messages"] == nil)
  }
}
