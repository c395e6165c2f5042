import AWSClient
public import AWSWire
public import Foundation
import HTTPTypes

/// A reply of a model, and what it used.
public struct ModelReply: Sendable {
  /// As the service sent it.
  public let body: Data
  /// The tokens that it used; nil where the reply doesn't say.
  public let usage: TokenUsage?
  /// The body, read once; nil where it is no JSON.
  let json: JSONValue?

  /// The text of the reply, where its form is known.
  public var text: String? { json.flatMap(ReplyText.whole) }

  /// Reads a reply to its end.
  /// - Throws: `AWSClientError`; `CancellationError` where the task was cancelled.
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
