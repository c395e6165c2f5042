import AWSClient
import AWSWire
import Foundation
import HTTPTypes

extension AWSClient {
  /// Sends a request once, and waits for the whole reply.
  func invokeOnce(_ request: ModelRequest, id: String, timeout: Duration? = nil) async throws -> ModelReply {
    let (stream, body) = try await callOnce(request.operation(id, streamed: false), timeout: timeout)
    let usage =
      switch request.api {
      case .converse: TokenUsage(converse: (try? JSONValue(body))?["usage"])
      case .invokeModel: TokenUsage(headers: stream.head.headerFields)
      }
    return ModelReply(body: body, usage: usage)
  }
}

extension ModelRequest {
  func operation(_ id: String, streamed: Bool) -> AWSOperation<Data> {
    switch (api, streamed) {
    case (.converse, false): BedrockRuntimeAPI.converse(id, body: body.data)
    case (.converse, true): BedrockRuntimeAPI.converseStream(id, body: body.data)
    case (.invokeModel, false): BedrockRuntimeAPI.invokeModel(id, body: body.data, options: headers)
    case (.invokeModel, true): BedrockRuntimeAPI.invokeModelWithResponseStream(id, body: body.data, options: headers)
    }
  }
}
