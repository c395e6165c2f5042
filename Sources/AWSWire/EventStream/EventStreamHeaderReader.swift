import Foundation

/// Reads the headers of one message.
struct EventStreamHeaderReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// - Throws: ``EventStreamDecoder/Failure`` (`header`) for a length beyond the end, an unknown type, invalid UTF-8, an empty name,
  ///   or two headers of one name.
  mutating func headers() throws(EventStreamDecoder.Failure) -> [EventStreamMessage.Header] {
    var headers: [EventStreamMessage.Header] = []
    // Compare names as bytes, because Swift treats canonically equivalent strings as equal.
    var names: Set<ArraySlice<UInt8>> = []
    while !rest.isEmpty {
      let bytes = try take(Int(try number(UInt8.self)))
      guard !bytes.isEmpty, names.insert(bytes).inserted, let name = String(validating: bytes, as: UTF8.self) else {
        throw .header
      }
      headers.append(EventStreamMessage.Header(name, try value()))
    }
    return headers
  }

  private mutating func value() throws(EventStreamDecoder.Failure) -> EventStreamMessage.Value {
    switch try number(UInt8.self) {
    case 0: return .bool(true)
    case 1: return .bool(false)
    case 2: return .byte(try number(Int8.self))
    case 3: return .short(try number(Int16.self))
    case 4: return .integer(try number(Int32.self))
    case 5: return .long(try number(Int64.self))
    case 6: return .bytes(Data(try take(Int(try number(UInt16.self)))))
    case 7:
      guard let text = String(validating: try take(Int(try number(UInt16.self))), as: UTF8.self) else { throw .header }
      return .string(text)
    case 8: return .timestamp(try number(Int64.self))
    case 9: return .uuid(Array(try take(16)))
    default: throw .header
    }
  }

  private mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) throws(EventStreamDecoder.Failure) -> Number {
    Number(bigEndian: try take(Number.bitWidth / 8))
  }

  private mutating func take(_ count: Int) throws(EventStreamDecoder.Failure) -> ArraySlice<UInt8> {
    guard count <= rest.count else { throw .header }
    defer { rest.removeFirst(count) }
    return rest.prefix(count)
  }
}

extension FixedWidthInteger {
  /// The number in the first bytes of a slice, which must have enough of them.
  init(bigEndian bytes: ArraySlice<UInt8>) {
    self = bytes.prefix(Self.bitWidth / 8).reduce(0) { $0 << 8 | Self(truncatingIfNeeded: $1) }
  }
}
