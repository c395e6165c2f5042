import AWSClient
public import AWSWire
public import Foundation
import HTTPTypes

/// A reply of a model, and what it used.
public struct ModelReply: Sendable {
  /// The body as the service sent it.
  public let body: Data
  /// The tokens that it used; nil if the reply doesn't report them.
  public let usage: TokenUsage?
  /// The parsed body; nil if it is not JSON.
  let json: JSONValue?

  /// The text of the reply; nil if it has none or its form is not known.
  public var text: String? { json.flatMap(ReplyText.whole) }

  /// Reads a reply to its end.
  /// - Throws: `AWSClientError`; `CancellationError` if the task was cancelled.
  init(reading stream: AWSHTTPStream, of api: ModelRequest.API) async throws {
    body = try await stream.whole(max: AWSClient.replyBytesMax)
    json = try? JSONValue(body)
    usage =
      switch api {
      case .converse: TokenUsage(converse: json?["usage"])
      case .invokeModel: TokenUsage(headers: stream.head.headerFields)
      }
  }
}
