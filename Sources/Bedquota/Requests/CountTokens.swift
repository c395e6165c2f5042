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
      // Anthropic's own form, as InvokeModel has it.
      case .messages: ["invokeModel": ["body": .string(request.asInvokeModel.base64EncodedString())]]
      case .chatCompletions, .responses:
        throw BedquotaError(.request, "CountTokens doesn't take requests of \(request.api.rawValue).")
      }
    let body: JSONValue = ["input": input]
    let reply = try await call(BedrockRuntimeAPI.countTokens(id, body: body.data))
    guard let tokens = (try? JSONValue(reply))?["inputTokens"]?.integer, tokens >= 0 else {
      throw BedquotaError(.response, "CountTokens answered without a number of tokens.")
    }
    return min(tokens, TokenUsage.tokensMax)
  }
}

extension ModelRequest {
  /// A body of the Messages API as InvokeModel takes it.
  fileprivate var asInvokeModel: Data {
    var members = (body.members ?? []).filter { !["model", "stream", "anthropic_version"].contains($0.name) }
    members.append(.init("anthropic_version", "bedrock-2023-05-31"))
    return JSONValue.object(members).data
  }
}
