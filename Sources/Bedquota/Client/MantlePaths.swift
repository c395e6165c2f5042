import AWSWire
import BedrockQuotas

/// Under which paths bedrock-mantle has the APIs of a model. A request to another one is refused and not paid, so the other is tried.
struct MantlePaths: Sendable {
  private static let openAI = ["/openai/v1", "/v1"]
  private static let anthropic = "/anthropic/v1"

  /// The path of OpenAI's APIs to begin with.
  private let first: String
  /// Where an API has answered.
  private var found: [ModelRequest.API: String] = [:]

  /// - Parameter model: nil if unknown.
  init(_ model: ModelID?, facts: Facts = .builtIn) {
    let base = model.flatMap { facts.mantle(of: $0)?.base }
    first = base.flatMap { Self.openAI.contains($0) ? $0 : nil } ?? Self.openAI[1]
  }

  func base(of api: ModelRequest.API) -> String {
    api == .messages ? Self.anthropic : found[api] ?? first
  }

  /// Where to try again after a refusal; nil: there is no other path.
  func alternative(to base: String, for api: ModelRequest.API) -> String? {
    api == .messages ? nil : Self.openAI.first { $0 != base }
  }

  mutating func answered(_ base: String, for api: ModelRequest.API) { if api != .messages { found[api] = base } }

  /// Whether an error says that the path is wrong, and not the request.
  ///
  /// Source: users' reports, such as github.com/BerriAI/litellm pull requests 29490 and 33027.
  static func isRefusal(_ error: AWSClientError) -> Bool {
    guard let service = error.service, (400..<500).contains(service.status) else { return false }
    return service.message.contains("supported on this route") || service.message.contains("does not support the '/")
  }
}
