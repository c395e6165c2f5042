import AWSWire
import Foundation

/// A decoded stream, for the Python tests, which compare it with botocore's.
struct DecodedLine: Encodable {
  struct Message: Encodable {
    /// Name, number of the type, and value; bytes as hexadecimal digits.
    var headers: [[String]]
    var payload: String
  }

  var messages: [Message]
  /// Empty if there was none.
  var failure: String
  var consumed: Int
  /// The messages, encoded again.
  var encoded: String

  init(_ reading: Reading) {
    messages = reading.messages.map { message in
      Message(headers: message.headers.map { [$0.name] + Self.parts($0.value) }, payload: Hex.encode(message.payload))
    }
    failure = reading.failure.map { "\($0)" } ?? ""
    consumed = reading.consumed
    encoded = Hex.encode(reading.encoded)
  }

  private static func parts(_ value: EventStreamMessage.Value) -> [String] {
    switch value {
    case .bool(let value): [value ? "0" : "1", ""]
    case .byte(let value): ["2", "\(value)"]
    case .short(let value): ["3", "\(value)"]
    case .integer(let value): ["4", "\(value)"]
    case .long(let value): ["5", "\(value)"]
    case .bytes(let value): ["6", Hex.encode(value)]
    case .string(let value): ["7", value]
    case .timestamp(let value): ["8", "\(value)"]
    case .uuid(let value): ["9", Hex.encode(value)]
    }
  }
}
