import AWSWire
public import BedrockQuotas

extension ModelRequest {
  /// A prompt in the form that InvokeModel takes for a model's family; nil if the form is not known. Use Converse then.
  ///
  /// Source: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html
  /// - Parameters:
  ///   - prompt: the text to send.
  ///   - model: the model whose family decides the form.
  ///   - maxTokens: the most output tokens; left out for embedding models.
  public init?(prompt: String, invoking model: ModelID, maxTokens: Int) {
    guard let body = Self.body(prompt, model, .integer(maxTokens)) else { return nil }
    self.init(.invokeModel, body: body)
  }

  /// A prompt for one of the five APIs; nil if InvokeModel's form for the model is not known.
  /// - Parameters:
  ///   - prompt: the text to send, as the user's message.
  ///   - api: the API that takes it.
  ///   - model: the model that answers; nil if unknown.
  ///   - maxTokens: the most output tokens; left out for embedding models.
  public init?(prompt: String, _ api: API, for model: ModelID?, maxTokens: Int) {
    let (text, most) = (JSONValue.string(prompt), JSONValue.integer(maxTokens))
    let chat: JSONValue = [["role": "user", "content": text]]
    switch api {
    case .converse: self.init(prompt: prompt, maxTokens: maxTokens)
    case .invokeModel:
      guard let model else { return nil }
      self.init(prompt: prompt, invoking: model, maxTokens: maxTokens)
    case .chatCompletions:
      self = ModelRequest(api, body: ["messages": chat]).filling(maxTokens: maxTokens, for: model)
    // A single prompt needs nothing that goes on from it.
    case .responses: self.init(api, body: ["input": text, "max_output_tokens": most, "store": false])
    case .messages: self.init(api, body: ["max_tokens": most, "messages": chat])
    }
  }

  private static func body(_ prompt: String, _ model: ModelID, _ maxTokens: JSONValue) -> JSONValue? {
    let name = model.description.dropFirst(model.provider.count + 1)
    let text = JSONValue.string(prompt)
    let chat: JSONValue = [["role": "user", "content": text]]
    switch model.provider {
    case "anthropic": return ["anthropic_version": "bedrock-2023-05-31", "max_tokens": maxTokens, "messages": chat]
    case "meta": return ["prompt": text, "max_gen_len": maxTokens]
    case "amazon":
      if name.hasPrefix("titan-embed") { return ["inputText": text] }
      if name.hasPrefix("titan-t") { return ["inputText": text, "textGenerationConfig": ["maxTokenCount": maxTokens]] }
      guard name.hasPrefix("nova-"), !model.isEmbeddingModel else { return nil }
      return ["messages": [["role": "user", "content": [["text": text]]]], "inferenceConfig": ["maxTokens": maxTokens]]
    case "cohere":
      if name.hasPrefix("embed-") { return ["texts": [text], "input_type": "search_document"] }
      return name.hasPrefix("command-r")
        ? ["message": text, "max_tokens": maxTokens] : ["prompt": text, "max_tokens": maxTokens]
    case "mistral" where ["mistral-7b", "mixtral", "mistral-large-2402", "mistral-small"].contains(where: { name.hasPrefix($0) }):
      return ["prompt": .string("<s>[INST] \(prompt) [/INST]"), "max_tokens": maxTokens]
    case "deepseek" where name.hasPrefix("r1"): return ["prompt": text, "max_tokens": maxTokens]
    case "openai": return ["messages": chat, "max_completion_tokens": maxTokens]
    case "ai21", "deepseek", "google", "minimax", "mistral", "moonshot", "moonshotai", "nvidia", "qwen", "writer", "xai", "zai":
      return ["messages": chat, "max_tokens": maxTokens]
    default: return nil
    }
  }
}
