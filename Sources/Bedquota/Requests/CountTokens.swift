import AWSClient
import AWSWire
import Foundation

extension AWSClient {
  /// What the input of a request comes to, by Bedrock's own count.
  /// - Throws: ``AWSClientError``, `ValidationException` among them for models that it doesn't count for.
  func countTokens(_ request: ModelRequest, id: String) async throws -> Int {
    let input: JSONValue =
      switch request.api {
      // Only what makes input; the operation refuses the rest of a body.
      case .converse:
        ["converse": .object((request.body.members ?? []).filter { ["messages", "system", "toolConfig"].contains($0.name) })]
      case .invokeModel: ["invokeModel": ["body": .string(request.body.data.base64EncodedString())]]
      }
    let body: JSONValue = ["input": input]
    let reply = try await call(BedrockRuntimeAPI.countTokens(id, body: body.data))
    guard let tokens = (try? JSONValue(reply))?["inputTokens"]?.integer, tokens >= 0 else {
      throw AWSClientError(.response, "CountTokens gave no number of tokens.", operation: "CountTokens")
    }
    return tokens
  }
}
