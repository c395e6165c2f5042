import AWSWire
import BedrockQuotas
import Foundation

/// max_tokens, under the name that each family has for it. A request reserves all of it.
extension ModelRequest {
  /// The most output tokens that the request allows, 0 to `TokenUsage/tokensMax`; nil if it sets no limit. Of several limits, the
  /// highest; where one of two members of the same name is no limit, there is none, because nobody knows which one is read.
  public var maxTokens: Int? {
    var most: Int?
    for path in api.maxTokensPaths {
      let values = body.values(at: path[...])
      for value in values {
        guard let tokens = value.double, tokens == tokens.rounded() else {
          if values.count > 1 { return nil }
          continue
        }
        most = max(most ?? 0, min(max(0, Int(saturating: tokens)), TokenUsage.tokensMax))
      }
    }
    return most.map { min($0 * choices, TokenUsage.tokensMax) }
  }

  /// The most output tokens that the request allows for a model that doesn't read every family's names for it; nil if it sets no
  /// limit under a name that the model reads. A limit that is dropped bounds nothing.
  /// - Parameter model: nil: it may read any of the names.
  func maxTokens(readBy model: ModelID?) -> Int? {
    let isRead = pathsRead(by: model).contains { body.values(at: $0[...]).contains { $0.double != nil } }
    return isRead ? maxTokens : nil
  }

  private func pathsRead(by model: ModelID?) -> [[String]] {
    switch (api, model?.provider) {
    case (.converse, _): [["inferenceConfig", "maxTokens"]]
    case (.chatCompletions, _), (.responses, _), (.messages, _), (.invokeModel, nil): api.maxTokensPaths
    case (.invokeModel, "amazon"):
      [["inferenceConfig", "maxTokens"], ["inferenceConfig", "max_new_tokens"], ["textGenerationConfig", "maxTokenCount"]]
    case (.invokeModel, "anthropic"): [["max_tokens"], ["max_tokens_to_sample"]]
    case (.invokeModel, "meta"): [["max_gen_len"]]
    case (.invokeModel, "twelvelabs"): [["maxOutputTokens"]]
    case (.invokeModel, _): [["max_tokens"], ["max_completion_tokens"]]
    }
  }

  /// The replies that the request asks for, each of which may have max_tokens.
  var choices: Int {
    guard api == .chatCompletions else { return 1 }
    return min(max(body.values(at: ["n"]).compactMap(\.integer).max() ?? 1, 1), 1_000)
  }

  /// Whether the request has a max_tokens, be it a number or not. Another value must not hide a mistake from the service.
  var statesMaxTokens: Bool { api.maxTokensPaths.contains { body.values(at: $0[...]).contains { !$0.isNull } } }

  /// The first bound of the output among Converse's additional fields, by its path; nil if there is none.
  var additionalMaxTokens: String? {
    guard api == .converse, let fields = body["additionalModelRequestFields"] else { return nil }
    return api.maxTokensPaths.first { fields.values(at: $0[...]).contains { !$0.isNull } }?.joined(separator: ".")
  }

  /// The tokens that a Claude model may think for, which are a part of max_tokens; nil if the request sets no such budget, or one
  /// that may exceed max_tokens because it holds for several turns.
  ///
  /// Source: platform.claude.com/docs/en/build-with-claude/extended-thinking
  var thinkingBudget: Int? {
    let bodies = [body, body["additionalModelRequestFields"]].compactMap { $0 }
    let betas = bodies.flatMap { $0["anthropic_beta"]?.array ?? [] }.compactMap(\.string)
    guard !betas.contains(where: { $0.hasPrefix("interleaved-thinking") }) else { return nil }
    let budgets = bodies.flatMap { [$0["thinking"], $0["reasoning_config"]] }.compactMap { $0?["budget_tokens"]?.double }
    return budgets.max().map { min(max(0, Int(saturating: $0)), TokenUsage.tokensMax) }
  }

  /// Returns the request with max_tokens set, if it has none.
  /// - Parameter model: its family decides where max_tokens is written.
  func filling(maxTokens: Int, for model: ModelID?) -> ModelRequest {
    guard !statesMaxTokens, let path = maxTokensPath(for: model),
      let json = try? JSONPatch.setting(path, to: .integer(maxTokens), in: Array(json)), let body = try? JSONValue(json)
    else { return self }
    var filled = ModelRequest(api, body: body, json: Data(json))
    filled.headers = headers
    return filled
  }

  private func maxTokensPath(for model: ModelID?) -> [String]? {
    switch api {
    case .converse, .responses, .messages: return api.maxTokensPaths[0]
    // Others than OpenAI's models may know only the older name.
    case .chatCompletions: return [model?.provider == "openai" ? "max_completion_tokens" : "max_tokens"]
    case .invokeModel: break
    }
    guard let model, !model.isEmbeddingModel else { return nil }
    return switch model.provider {
    // Models of pictures and films, and those that sort texts, have no output tokens and refuse a member that they don't know.
    case "stability", "luma": nil
    case "amazon" where body["taskType"] != nil: nil
    case "cohere" where model.description.contains("rerank"): nil
    case "twelvelabs": ["maxOutputTokens"]
    case "amazon": body["inputText"] == nil ? ["inferenceConfig", "maxTokens"] : ["textGenerationConfig", "maxTokenCount"]
    case "anthropic": body["messages"] == nil ? ["max_tokens_to_sample"] : ["max_tokens"]
    case "meta": ["max_gen_len"]
    case "openai": ["max_completion_tokens"]
    default: ["max_tokens"]
    }
  }
}

extension JSONValue {
  /// The values at the end of a path of members: several if a name comes twice in its object.
  fileprivate func values(at path: ArraySlice<String>) -> [JSONValue] {
    guard let name = path.first else { return [self] }
    guard let members else { return [] }
    let rest = path.dropFirst()
    return members.flatMap { $0.name == name ? $0.value.values(at: rest) : [] }
  }
}
