import AWSWire
public import BedrockQuotas

extension ModelRequest {
  /// A prompt in the form that InvokeModel takes for a model's family; nil where that is not known, and Converse is the way.
  ///
  /// Source: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html
  /// - Parameters:
  ///   - prompt: the text to send.
  ///   - model: the model whose family decides the form.
  ///   - maxTokens: the most output tokens; left out for models that make vectors.
  public init?(prompt: String, invoking model: ModelID, maxTokens: Int) {
    guard let body = Self.body(prompt, model, .integer(maxTokens)) else { return nil }
    self.init(.invokeModel, body: body)
  }

  private static func body(_ prompt: String, _ model: ModelID, _ most: JSONValue) -> JSONValue? {
    let name = model.description.dropFirst(model.provider.count + 1)
    let text = JSONValue.string(prompt)
    let chat: JSONValue = [["role": "user", "content": text]]
    switch model.provider {
    case "anthropic": return ["anthropic_version": "bedrock-2023-05-31", "max_tokens": most, "messages": chat]
    case "meta": return ["prompt": text, "max_gen_len": most]
    case "amazon":
      if name.hasPrefix("titan-embed") { return ["inputText": text] }
      if name.hasPrefix("titan-t") { return ["inputText": text, "textGenerationConfig": ["maxTokenCount": most]] }
      guard name.hasPrefix("nova-"), !model.isEmbeddingModel else { return nil }
      return ["messages": [["role": "user", "content": [["text": text]]]], "inferenceConfig": ["maxTokens": most]]
    case "cohere":
      if name.hasPrefix("embed-") { return ["texts": [text], "input_type": "search_document"] }
      return name.hasPrefix("command-r") ? ["message": text, "max_tokens": most] : ["prompt": text, "max_tokens": most]
    case "mistral" where ["mistral-7b", "mixtral", "mistral-large-2402", "mistral-small"].contains(where: { name.hasPrefix($0) }):
      return ["prompt": .string("<s>[INST] \(prompt) [/INST]"), "max_tokens": most]
    case "deepseek" where name.hasPrefix("r1"): return ["prompt": text, "max_tokens": most]
    case "openai": return ["messages": chat, "max_completion_tokens": most]
    case "ai21", "deepseek", "google", "minimax", "mistral", "moonshot", "moonshotai", "nvidia", "qwen", "writer", "xai", "zai":
      return ["messages": chat, "max_tokens": most]
    default: return nil
    }
  }
}
