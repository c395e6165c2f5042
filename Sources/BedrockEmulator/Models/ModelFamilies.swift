package import BedrockQuotas

/// The families of models, by model id.
package enum ModelFamilies {
  /// The family of a model; nil if its bodies for InvokeModel aren't known. Converse needs no family.
  package static func family(of model: ModelID) -> (any ModelFamily)? {
    let name = name(of: model)
    switch model.provider {
    case "anthropic": return AnthropicFamily()
    case "amazon": return amazon(name, isText: supportsConverse(model))
    case "meta": return name.hasPrefix("llama") ? LlamaFamily() : nil
    case "mistral": return mistral(name)
    case "cohere": return cohere(name)
    case "deepseek": return name.hasPrefix("r1") ? PromptFamily(provider: .deepSeek) : ChatFamily()
    case "openai", "qwen", "minimax", "zai", "nvidia", "xai", "writer": return ChatFamily()
    case "google": return name.hasPrefix("gemma") ? ChatFamily() : nil
    case "ai21": return name.hasPrefix("jamba") ? ChatFamily() : nil
    // moonshot. and moonshotai. both occur.
    case let provider: return provider.hasPrefix("moonshot") ? ChatFamily() : nil
    }
  }

  /// Whether the model can be used with Converse; models of vectors, images, video and speech can't.
  package static func supportsConverse(_ model: ModelID) -> Bool {
    guard !["stability", "luma", "twelvelabs"].contains(model.provider) else { return false }
    let others: Set<Substring> = [
      "embed", "embeddings", "image", "canvas", "reel", "sonic", "rerank", "marengo", "pegasus",
    ]
    return name(of: model).split { $0 == "-" || $0 == "." || $0 == ":" }.allSatisfy { !others.contains($0) }
  }

  private static func name(of model: ModelID) -> Substring { model.base.description.dropFirst(model.provider.utf8.count + 1) }

  private static func amazon(_ name: Substring, isText: Bool) -> (any ModelFamily)? {
    if name.hasPrefix("titan-embed-image") { return TitanEmbeddingsFamily(form: .image) }
    if name.hasPrefix("titan-embed-text-v2") { return TitanEmbeddingsFamily(form: .textV2) }
    if name.hasPrefix("titan-embed-text") || name.hasPrefix("titan-embed-g1-text") { return TitanEmbeddingsFamily(form: .textV1) }
    if name.hasPrefix("titan-text-") || name.hasPrefix("titan-tg1") { return TitanTextFamily() }
    if name.hasPrefix("nova-2-multimodal-embeddings") { return NovaEmbeddingsFamily() }
    return name.hasPrefix("nova-") && isText ? NovaFamily() : nil
  }

  private static func mistral(_ name: Substring) -> any ModelFamily {
    let promptOnly = ["mistral-7b", "mixtral", "mistral-large-2402", "mistral-small-2402"]
    if promptOnly.contains(where: { name.hasPrefix($0) }) { return PromptFamily(provider: .mistral) }
    let isEarly = name.hasPrefix("mistral-large-2407") || name.hasPrefix("pixtral")
    return ChatFamily(stopKey: isEarly ? "stop_reason" : "finish_reason")
  }

  private static func cohere(_ name: Substring) -> (any ModelFamily)? {
    if name.hasPrefix("command-r") { return CohereChatFamily() }
    if name.hasPrefix("command-text") || name.hasPrefix("command-light") { return CohereTextFamily() }
    guard name.hasPrefix("embed-") else { return nil }
    return CohereEmbedFamily(isV4: name.hasPrefix("embed-v4"))
  }
}
