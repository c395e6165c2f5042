import AWSWire

/// An event of a stream in `text/event-stream`.
///
/// Source: html.spec.whatwg.org/multipage/server-sent-events.html
enum ServerSentEvent {
  static let headers = [
    (name: "Content-Type", value: "text/event-stream; charset=utf-8"), (name: "Cache-Control", value: "no-cache"),
  ]

  /// - Parameter name: nil for an event without a name.
  static func encode(_ name: String? = nil, _ data: JSONValue) -> [UInt8] { encode(name, data.text) }

  /// - Parameter data: a text of one line.
  static func encode(_ name: String? = nil, _ data: String) -> [UInt8] {
    Array((name.map { "event: \($0)\n" } ?? "").utf8) + Array("data: \(data)\n\n".utf8)
  }
}
