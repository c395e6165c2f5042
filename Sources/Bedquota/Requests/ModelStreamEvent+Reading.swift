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

  /// - Parameter usage: what the events before it said of the tokens.
  static func read(_ event: EventStreamReader.Event, _ usage: inout StreamUsage) -> (ModelStreamEvent, Content) {
    var payload = event.payload
    var json = (try? JSONValue(payload)) ?? .null
    // InvokeModelWithResponseStream wraps the model's own JSON in base64.
    if event.type == "chunk", let bytes = json["bytes"]?.string.flatMap({ Data(base64Encoded: $0) }) {
      payload = bytes
      json = (try? JSONValue(bytes)) ?? .null
    }
    let content = Content(json: json, usage: usage.add(json, type: event.type), isEnd: ReplyForm.isEnd(json, type: event.type))
    return (ModelStreamEvent(type: event.type, payload: payload, text: ReplyText.piece(json)), content)
  }
}
