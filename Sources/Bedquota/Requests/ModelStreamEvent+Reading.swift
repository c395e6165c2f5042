import AWSWire
import Foundation

extension ModelStreamEvent {
  /// What an event brings beside its text.
  struct Content: Sendable {
    var json: JSONValue
    /// nil if the event doesn't report the reply's usage.
    var usage: TokenUsage?
    /// Whether it is the last one that every stream of its form has.
    var isEnd: Bool
  }

  static func read(_ event: EventStreamReader.Event) -> (ModelStreamEvent, Content) {
    var payload = event.payload
    var json = (try? JSONValue(payload)) ?? .null
    // InvokeModelWithResponseStream wraps the model's own JSON in base64.
    if event.type == "chunk", let bytes = json["bytes"]?.string.flatMap({ Data(base64Encoded: $0) }) {
      payload = bytes
      json = (try? JSONValue(bytes)) ?? .null
    }
    let usage =
      event.type == "metadata"
      ? TokenUsage(converse: json["usage"]) : TokenUsage(metrics: json["amazon-bedrock-invocationMetrics"])
    let content = Content(json: json, usage: usage, isEnd: ReplyForm.isEnd(json, type: event.type))
    return (ModelStreamEvent(type: event.type, payload: payload, text: ReplyText.piece(json)), content)
  }
}
