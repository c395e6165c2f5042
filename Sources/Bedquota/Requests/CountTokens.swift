import AWSClient
import AWSWire
import Foundation

extension AWSClient {
  /// The number of input tokens of a request, by Bedrock's own count.
  /// - Throws: `AWSClientError`, with `ValidationException` for models that Bedrock doesn't count for; ``BedquotaError``
  ///   (`response`).
  func countTokens(_ request: ModelRequest, id: String) async throws -> Int {
    let input: JSONValue =
      switch request.api {
      // Send only the members that are input: CountTokens doesn't accept the others.
      case .converse:
        ["converse": .object((request.body.members ?? []).filter { ["messages", "system", "toolConfig"].contains($0.name) })]
      case .invokeModel: ["invokeModel": ["body": .string(request.json.base64EncodedString())]]
      }
    let body: JSONValue = ["input": input]
    let reply = try await call(BedrockRuntimeAPI.countTokens(id, body: body.data))
    guard let tokens = (try? JSONValue(reply))?["inputTokens"]?.integer, tokens >= 0 else {
      throw BedquotaError(.response, "CountTokens answered without a number of tokens.")
    }
    return min(tokens, TokenUsage.tokensMax)
  }
}
