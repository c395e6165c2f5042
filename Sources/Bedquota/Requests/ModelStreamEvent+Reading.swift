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
  static func read(_ type: String, _ payload: Data, _ usage: inout StreamUsage) -> (ModelStreamEvent, Content) {
    var payload = payload
    var json = (try? JSONValue(payload)) ?? .null
    // InvokeModelWithResponseStream wraps the model's own JSON in base64.
    if type == "chunk", let bytes = json["bytes"]?.string.flatMap({ Data(base64Encoded: $0) }) {
      payload = bytes
      json = (try? JSONValue(bytes)) ?? .null
    }
    let content = Content(json: json, usage: usage.add(json, type: type), isEnd: ReplyForm.isEnd(json, type: type))
    return (ModelStreamEvent(type: type, payload: payload, text: ReplyText.piece(json)), content)
  }
}
