import AWSServer
import BedrockQuotas

/// Which models bedrock-mantle serves, and on which of its paths.
enum MantleModels {
  struct Row: Sendable {
    var provider: String
    /// How the models' names begin.
    var beginnings: [String]
    var surface: MantleRequest.Surface
    var apis: Set<CompatibleAPI>
  }

  /// Sources: the model cards of docs.aws.amazon.com, "Programmatic access"; the paths that users measured, in
  /// github.com/NousResearch/hermes-agent issue 52316 and pull request 65076, github.com/BerriAI/litellm pull requests 29490 and
  /// 33027, github.com/stdapi-ai/stdapi.ai. Last looked at in 2026-11.
  static let rows =
    [
      Row(
        provider: "anthropic",
        beginnings: [
          "claude-fable", "claude-haiku-4-5", "claude-haiku-5", "claude-mythos", "claude-opus-4-7", "claude-opus-4-8",
          "claude-opus-5", "claude-sonnet-5",
        ], surface: .anthropic, apis: [.messages, .countTokens]),
      Row(provider: "google", beginnings: ["gemma-4"], surface: .openAI, apis: [.chatCompletions, .responses]),
      Row(provider: "openai", beginnings: ["gpt-5", "gpt-daybreak"], surface: .openAI, apis: [.responses]),
      Row(provider: "openai", beginnings: ["gpt-6"], surface: .openAI, apis: [.chatCompletions, .responses]),
      Row(provider: "xai", beginnings: ["grok"], surface: .openAI, apis: [.chatCompletions, .responses]),
      Row(provider: "openai", beginnings: ["gpt-oss"], surface: .plain, apis: [.chatCompletions, .responses]),
      Row(provider: "google", beginnings: ["gemma-3"], surface: .plain, apis: [.chatCompletions]),
      Row(
        provider: "mistral", beginnings: ["devstral", "magistral", "ministral", "mistral-large-3", "voxtral"], surface: .plain,
        apis: [.chatCompletions]),
      Row(provider: "deepseek", beginnings: ["v3"], surface: .plain, apis: [.chatCompletions]),
    ]
    + ["minimax", "moonshot", "moonshotai", "nvidia", "qwen", "zai"].map {
      Row(provider: $0, beginnings: [""], surface: .plain, apis: [.chatCompletions])
    }

  /// Models that ListFoundationModels may leave out. One that has quotas is served if the account has these quotas.
  ///
  /// Source: github.com/NousResearch/hermes-agent pull request 65076; for Gemma 4, whose card names no quota, requests that users report.
  static let unlisted: [(id: String, hasQuotas: Bool)] = [
    ("google.gemma-4-26b-a4b", false), ("google.gemma-4-31b", false), ("google.gemma-4-e2b", false), ("openai.gpt-5.4", true),
    ("openai.gpt-5.5", true), ("openai.gpt-5.6-luna", true), ("openai.gpt-5.6-sol", true), ("openai.gpt-5.6-terra", true),
    ("openai.gpt-6-astra", true),
  ]

  static func row(of model: ModelID) -> Row? {
    let name = model.base.description.dropFirst(model.provider.utf8.count + 1)
    return rows.first { row in row.provider == model.provider && row.beginnings.contains { name.hasPrefix($0) } }
  }

  /// The id of a model on this endpoint: without the revision and the date at the end, as in `anthropic.claude-haiku-4-5` and
  /// `openai.gpt-oss-20b`.
  static func id(of model: ModelID) -> String {
    let sides = model.description.split(separator: ":", maxSplits: 1)
    var words = sides[0].split(separator: "-")
    func drop(_ isLast: (Substring) -> Bool) { if words.count > 1, isLast(words[words.count - 1]) { words.removeLast() } }
    // Only the colon shows that the 1 of "gpt-oss-20b-1:0" is a revision.
    drop { ($0.first == "v" && Int($0.dropFirst()) != nil) || (sides.count > 1 && Int($0) != nil && $0.count < 3) }
    drop { $0.count == 8 && Int($0) != nil }
    return words.joined(separator: "-")
  }

  /// The error for a path that doesn't serve the model; nil if it does.
  ///
  /// Both texts are as users report them: the first for a model whose API is on the other surface, the second for one without the API
  /// and in Responses for both. See ``rows``.
  static func refusal(of id: String, _ row: Row, _ api: CompatibleAPI, on surface: MantleRequest.Surface) -> AWSFault? {
    if row.surface == surface, row.apis.contains(api) { return nil }
    if api == .chatCompletions, row.surface != .anthropic, row.surface != surface {
      return .invalid("model `\(id)` isn't supported on this route")
    }
    let path = surface.rawValue + api.rawValue.dropFirst(api.surfaceLength)
    return .invalid("The model '\(id)' does not support the '\(path)' API")
  }
}

extension CompatibleAPI {
  /// The length of `/openai/v1` or `/anthropic/v1`.
  fileprivate var surfaceLength: Int {
    (dialect == .openAI ? MantleRequest.Surface.openAI : .anthropic).rawValue.utf8.count
  }
}
