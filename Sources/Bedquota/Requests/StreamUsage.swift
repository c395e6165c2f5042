import AWSWire

/// Puts together what the events of a stream say of the tokens that the reply used.
///
/// Bedrock's own metrics end a stream of InvokeModel. If they are missing, the events of the model's family tell: Anthropic reports
/// input when the message begins and output when it ends, Nova and OpenAI's APIs report both at the end. What a reply reports before
/// its end is not its usage yet.
///
/// Sources: platform.claude.com/docs/en/build-with-claude/streaming,
/// docs.aws.amazon.com/nova/latest/userguide/using-invoke-api.html, platform.openai.com/docs/api-reference/chat-streaming,
/// developers.openai.com/api/reference/resources/responses/streaming-events.
struct StreamUsage: Sendable {
  /// The usage that Anthropic's `message_start` reports.
  private var start: JSONValue?

  /// - Parameters:
  ///   - json: the payload of an event.
  ///   - type: its type, as ConverseStream names it; `chunk` for the events of a family.
  /// - Returns: the reply's usage; nil if the event doesn't report it.
  mutating func add(_ json: JSONValue, type: String) -> TokenUsage? {
    if type == "metadata" { return TokenUsage(converse: json["usage"]) }
    if let metrics = TokenUsage(metrics: json["amazon-bedrock-invocationMetrics"]) { return metrics }
    guard type == "chunk" else { return nil }
    switch json["type"]?.string {
    case "message_start":
      start = json["message"]?["usage"]
      return nil
    case "message_delta":
      return TokenUsage(anthropic: json["usage"], start: start)
    case "response.completed", "response.incomplete":
      return TokenUsage(responses: json["response"]?["usage"])
    default: break
    }
    if let usage = json["metadata"]?["usage"] { return TokenUsage(converse: usage) }
    return ReplyForm.isEnd(json, type: type) || json["choices"]?.array?.isEmpty == true ? TokenUsage(body: json) : nil
  }
}
