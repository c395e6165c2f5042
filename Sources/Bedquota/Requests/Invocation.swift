import AWSClient
import AWSWire
import Foundation

extension AWSClient {
  /// Sends a request once, and waits for the whole reply.
  func invokeOnce(_ request: ModelRequest, id: String, timeout: Duration? = nil) async throws -> ModelReply {
    try await ModelReply(reading: open(request.operation(id, streamed: false), timeout: timeout), of: request.api)
  }
}

extension ModelRequest {
  func operation(_ id: String, streamed: Bool) -> AWSOperation<Data> {
    switch (api, streamed) {
    case (.converse, false): BedrockRuntimeAPI.converse(id, body: json)
    case (.converse, true): BedrockRuntimeAPI.converseStream(id, body: json)
    case (.invokeModel, false): BedrockRuntimeAPI.invokeModel(id, body: json, options: headers)
    case (.invokeModel, true): BedrockRuntimeAPI.invokeModelWithResponseStream(id, body: json, options: headers)
    }
  }
}
