import AWSWire
import BedrockQuotas
import Foundation

/// max_tokens, under the name that each family has for it. A request reserves all of it.
extension ModelRequest {
  /// Source: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html
  private static let maxTokensPaths = [
    ["inferenceConfig", "maxTokens"], ["inferenceConfig", "max_new_tokens"], ["max_tokens"], ["max_completion_tokens"],
    ["max_gen_len"], ["textGenerationConfig", "maxTokenCount"], ["max_tokens_to_sample"], ["maxTokens"],
  ]

  /// The most output tokens that the request allows; nil if it sets no limit.
  public var maxTokens: Int? {
    for path in Self.maxTokensPaths {
      var value: JSONValue? = body
      for name in path { value = value?[name] }
      if let tokens = value?.integer { return max(0, tokens) }
    }
    return nil
  }

  /// Returns the request with max_tokens set, if it has none.
  /// - Parameter model: its family decides where max_tokens is written.
  func filling(maxTokens: Int, for model: ModelID?) -> ModelRequest {
    guard self.maxTokens == nil, let path = maxTokensPath(for: model),
      let json = try? JSONPatch.setting(path, to: .integer(maxTokens), in: Array(json)), let body = try? JSONValue(json)
    else { return self }
    var filled = ModelRequest(api, body: body, json: Data(json))
    filled.headers = headers
    return filled
  }

  private func maxTokensPath(for model: ModelID?) -> [String]? {
    if api == .converse { return ["inferenceConfig", "maxTokens"] }
    guard let model, !model.isEmbeddingModel else { return nil }
    return switch model.provider {
    case "amazon": body["inputText"] == nil ? ["inferenceConfig", "maxTokens"] : ["textGenerationConfig", "maxTokenCount"]
    case "anthropic": body["messages"] == nil ? ["max_tokens_to_sample"] : ["max_tokens"]
    case "meta": ["max_gen_len"]
    case "openai": ["max_completion_tokens"]
    default: ["max_tokens"]
    }
  }
}
