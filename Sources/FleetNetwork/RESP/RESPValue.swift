/// A reply of a server in RESP2 or RESP3.
enum RESPValue: Sendable, Equatable {
  case simple(String)
  case error(String)
  case integer(Int64)
  case bytes([UInt8])
  case null
  case double(Double)
  case boolean(Bool)
  /// An array or a set.
  case array([RESPValue])
  /// Keys and values in turn, as RESP2 has them in an array.
  case map([RESPValue])
  /// What the server says without having been asked.
  case push([RESPValue])

  /// The number; nil if it is none.
  var integer: Int64? {
    switch self {
    case .integer(let value): value
    case .bytes(let bytes): Int64(String(decoding: bytes, as: UTF8.self))
    case .double(let value): Int64(exactly: value)
    default: nil
    }
  }

  /// The text; nil if it is none.
  var string: String? {
    switch self {
    case .simple(let text): text
    case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
    default: nil
    }
  }

  /// The elements of an array, a set or a map; nil for anything else.
  var elements: [RESPValue]? {
    switch self {
    case .array(let elements), .map(let elements): elements
    default: nil
    }
  }
}
