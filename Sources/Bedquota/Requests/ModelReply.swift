public import AWSWire
public import Foundation

/// A reply of a model, and what it used.
public struct ModelReply: Sendable {
  /// The body as the service sent it, or as the events of its stream make it.
  public let body: Data
  /// The tokens that it used; nil if the reply doesn't report them.
  public let usage: TokenUsage?
  /// Whether the service ended the reply before max_tokens because the quota of output tokens was used up. Only bedrock-mantle does so.
  public internal(set) var endedByQuota = false
  /// The parsed body.
  let json: JSONValue?

  /// The text of the reply; nil if it has none or its form is not known.
  public var text: String? { json.flatMap(ReplyText.whole) }

  /// - Parameters:
  ///   - usage: as the reply reports it.
  ///   - hiding: takes the caller's secrets out of an error.
  /// - Throws: `AWSClientError`: `response` if the body is not a reply, `service` if it is an error; see ``ReplyForm``.
  init(
    _ body: Data, usage: (JSONValue?) -> TokenUsage?, of api: ModelRequest.API,
    hiding: (AWSClientError.Service) -> AWSClientError.Service
  ) throws(AWSClientError) {
    let json = try? JSONValue(body)
    if api.compatible != nil, let json, let error = ReplyForm.failure(json, api.rawValue, hiding: hiding) { throw error }
    if let problem = ReplyForm.problem(body, json, of: api) { throw ReplyForm.noReply(problem, api.rawValue) }
    (self.body, self.json, self.usage) = (body, json, usage(json))
  }
}
