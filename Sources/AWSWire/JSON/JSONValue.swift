package import Foundation

/// Any JSON value, with its members in order. It represents request and reply bodies, whose form depends on the model family.
package enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  /// A whole number of at most 53 bits.
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([Member])

  package struct Member: Sendable, Equatable {
    package var name: String
    package var value: JSONValue
    package init(_ name: String, _ value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  /// - Throws: ``JSONReader/Failure`` with the offset of the first byte that is not JSON.
  package init(_ bytes: [UInt8]) throws(JSONReader.Failure) {
    var reader = JSONReader(bytes)
    self = try reader.readValue()
    try reader.readEnd()
  }

  package init(_ data: Data) throws(JSONReader.Failure) { try self.init(Array(data)) }

  /// The member of this name, the last one if there are several; nil if there is none or this is not an object.
  package subscript(_ name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.name == name }?.value
  }

  package var string: String? { if case .string(let value) = self { value } else { nil } }
  package var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
  package var members: [Member]? { if case .object(let value) = self { value } else { nil } }
  package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  package var isNull: Bool { self == .null }

  /// A whole number, even if it is written as `5.0`.
  package var integer: Int? {
    switch self {
    case .integer(let value): value
    case .number(let value): Int(exactly: value)
    default: nil
    }
  }

  package var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// The value as compact JSON, with its members in order.
  package var data: Data {
    var out: [UInt8] = []
    write(to: &out)
    return Data(out)
  }

  package func write(to out: inout [UInt8]) {
    switch self {
    case .null: out += "null".utf8
    case .bool(let value): out += (value ? "true" : "false").utf8
    case .integer(let value): out += String(value).utf8
    case .number(let value): out += (value.isFinite ? "\(value)" : "null").utf8
    case .string(let text): Self.write(text, to: &out)
    case .array(let elements): out.appendArray(elements) { $0.write(to: &$1) }
    case .object(let members):
      out.appendObject(members) {
        Self.write($0.name, to: &$1)
      } value: {
        $0.value.write(to: &$1)
      }
    }
  }

  private static func write(_ text: String, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        out.append(UInt8(ascii: "\\"))
        out.append(byte)
      case 0x0A: out += "\\n".utf8
      case 0x0D: out += "\\r".utf8
      case 0x09: out += "\\t".utf8
      case 0..<0x20:
        out += "\\u00".utf8
        out.append(Hex.digit(byte >> 4))
        out.append(Hex.digit(byte & 15))
      default: out.append(byte)
      }
    }
    out.append(UInt8(ascii: "\""))
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral,
  ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int) { self = .integer(value) }
  package init(floatLiteral value: Double) { self = .number(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(nilLiteral: ()) { self = .null }
  package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { Member($0.0, $0.1) })
  }
}

extension JSONReader {
  /// Reads the value at the current position.
  package mutating func readValue() throws(Failure) -> JSONValue {
    try countValue()
    skipSpace()
    switch current {
    case UInt8(ascii: "{"):
      var members: [JSONValue.Member] = []
      try readObject { reader, name throws(Failure) in
        members.append(JSONValue.Member(reader.text(of: name), try reader.readValue()))
      }
      return .object(members)
    case UInt8(ascii: "["):
      var elements: [JSONValue] = []
      try readArray { reader throws(Failure) in elements.append(try reader.readValue()) }
      return .array(elements)
    case UInt8(ascii: "\""): return .string(try readString())
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool(try readBool())
    case UInt8(ascii: "n"):
      guard takeNull() else { throw Failure(offset: position) }
      return .null
    default:
      let value = try readNumber()
      // A Double holds every whole number up to 2^53 only.
      return Int(exactly: value).flatMap { $0.magnitude < 1 << 53 ? .integer($0) : nil } ?? .number(value)
    }
  }
}
