package import Foundation
import HTTPTypes

/// Bedrock's data plane, in restJson1. The caller provides the bodies, which differ by model family.
package enum BedrockRuntimeAPI {
  package static let wire = WireProtocol.restJSON

  /// Settings of InvokeModel that are headers.
  package struct Options: Sendable {
    /// `default`, `priority`, `flex` or `reserved`.
    package var serviceTier: String?
    /// `standard` or `optimized`.
    package var latency: String?

    package init(serviceTier: String? = nil, latency: String? = nil) {
      self.serviceTier = serviceTier
      self.latency = latency
    }

    var headers: [(name: String, value: String)] {
      [("X-Amzn-Bedrock-Service-Tier", serviceTier), ("X-Amzn-Bedrock-PerformanceConfig-Latency", latency)].compactMap {
        name, value in
        value.map { (name, $0) }
      }
    }
  }

  package static func invokeModel(_ id: String, body: Data, options: Options = Options()) -> AWSOperation<Data> {
    operation("InvokeModel", id, "invoke", body, headers: options.headers)
  }

  package static func invokeModelWithResponseStream(_ id: String, body: Data, options: Options = Options()) -> AWSOperation<Data>
  {
    operation(
      "InvokeModelWithResponseStream", id, "invoke-with-response-stream", body, headers: options.headers)
  }

  package static func converse(_ id: String, body: Data) -> AWSOperation<Data> {
    operation("Converse", id, "converse", body)
  }

  package static func converseStream(_ id: String, body: Data) -> AWSOperation<Data> {
    operation("ConverseStream", id, "converse-stream", body)
  }

  /// An API of another vendor beside Bedrock's own, on the same meters. Its requests name their model in the body. bedrock-mantle
  /// has it too, on meters of its own.
  ///
  /// Source: docs.aws.amazon.com/bedrock/latest/userguide/endpoints.html
  package enum Compatible: String, Sendable, CaseIterable {
    case chatCompletions = "ChatCompletions"
    case responses = "Responses"
    case messages = "Messages"

    /// The base of its path on bedrock-runtime.
    private var base: String {
      switch self {
      case .chatCompletions, .responses: "/openai/v1"
      case .messages: "/anthropic/v1"
      }
    }

    private var resource: String {
      switch self {
      case .chatCompletions: "chat/completions"
      case .responses: "responses"
      case .messages: "messages"
      }
    }

    private var headers: [(name: String, value: String)] {
      switch self {
      case .chatCompletions, .responses: []
      // docs.anthropic.com/en/api/versioning
      case .messages: [("anthropic-version", "2023-06-01")]
      }
    }

    /// The name of the operation, for errors and permissions. These APIs have one path for whole and streamed replies.
    package func operation(streamed: Bool) -> String { streamed ? "\(rawValue) (stream)" : rawValue }

    /// - Parameters:
    ///   - body: says with `stream` whether the reply is streamed.
    ///   - mantleBase: the base of the path on bedrock-mantle, such as `/openai/v1`; nil for a call to bedrock-runtime.
    package func call(_ body: Data, streamed: Bool, mantleBase: String? = nil) -> AWSOperation<Data> {
      let request = WireRequest(
        method: .post, path: "\(mantleBase ?? base)/\(resource)", headers: [("Content-Type", "application/json")] + headers,
        body: body)
      return AWSOperation(
        service: mantleBase == nil ? .bedrockRuntime : .bedrockMantle, name: operation(streamed: streamed), wire: wire,
        request: request, decode: { $0 })
    }
  }

  package static func countTokens(_ id: String, body: Data) -> AWSOperation<Data> {
    operation("CountTokens", id, "count-tokens", body)
  }

  private static func operation(
    _ name: String, _ id: String, _ path: String, _ body: Data, headers: [(name: String, value: String)] = []
  ) -> AWSOperation<Data> {
    let request = WireRequest(
      method: .post, path: "/model/\(PercentEncoding.encode(id))/\(path)",
      headers: [("Content-Type", "application/json")] + headers, body: body)
    return AWSOperation(service: .bedrockRuntime, name: name, wire: wire, request: request, decode: { $0 })
  }
}
