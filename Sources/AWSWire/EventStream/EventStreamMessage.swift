package import Foundation

/// One message of AWS's binary event streams (`application/vnd.amazon.eventstream`).
///
/// A message consists of a prelude (total length, length of the headers, CRC-32 of those eight bytes), the headers, the payload
/// and a CRC-32 of all bytes before it. Numbers are big-endian. Source: smithy.io/2.0/aws/amazon-eventstream.html.
package struct EventStreamMessage: Sendable, Equatable {
  /// A header's value; the format has ten types, of which true and false are two.
  package enum Value: Sendable, Equatable {
    case bool(Bool)
    case byte(Int8)
    case short(Int16)
    case integer(Int32)
    case long(Int64)
    case bytes(Data)
    case string(String)
    /// Milliseconds since 1970.
    case timestamp(Int64)
    case uuid([UInt8])
  }

  package struct Header: Sendable, Equatable {
    package var name: String
    package var value: Value
    package init(_ name: String, _ value: Value) {
      self.name = name
      self.value = value
    }
  }

  package var headers: [Header]
  package var payload: Data

  package init(headers: [Header], payload: Data) {
    self.headers = headers
    self.payload = payload
  }

  /// The text of a header; nil if there is no header of this name or it is not a string.
  package subscript(_ name: String) -> String? {
    guard case .string(let text)? = headers.first(where: { $0.name == name })?.value else { return nil }
    return text
  }

  /// An event with a JSON payload.
  package static func event(_ type: String, json payload: Data) -> EventStreamMessage {
    EventStreamMessage(
      headers: [
        Header(":event-type", .string(type)), Header(":content-type", .string("application/json")),
        Header(":message-type", .string("event")),
      ], payload: payload)
  }

  /// A modelled exception, with which a failed stream ends.
  package static func exception(_ type: String, json payload: Data) -> EventStreamMessage {
    EventStreamMessage(
      headers: [
        Header(":exception-type", .string(type)), Header(":content-type", .string("application/json")),
        Header(":message-type", .string("exception")),
      ], payload: payload)
  }

  /// The bytes on the wire.
  package func encoded() -> [UInt8] {
    var head: [UInt8] = []
    for header in headers { header.write(to: &head) }
    let total = 16 + head.count + payload.count
    var out: [UInt8] = []
    out.reserveCapacity(total)
    out.append(bigEndian: UInt32(total))
    out.append(bigEndian: UInt32(head.count))
    out.append(bigEndian: CRC32.checksum(out, 0..<8))
    out += head
    out += payload
    out.append(bigEndian: CRC32.checksum(out, 0..<out.count))
    return out
  }
}

extension EventStreamMessage.Header {
  fileprivate func write(to out: inout [UInt8]) {
    let name = self.name.utf8(max: Int(UInt8.max))
    out.append(UInt8(name.count))
    out += name
    switch value {
    case .bool(let value): out.append(value ? 0 : 1)
    case .byte(let value):
      out.append(2)
      out.append(UInt8(bitPattern: value))
    case .short(let value):
      out.append(3)
      out.append(bigEndian: value)
    case .integer(let value):
      out.append(4)
      out.append(bigEndian: value)
    case .long(let value):
      out.append(5)
      out.append(bigEndian: value)
    case .bytes(let value): out.append(type: 6, value.prefix(Int(UInt16.max)))
    case .string(let value): out.append(type: 7, value.utf8(max: Int(UInt16.max)))
    case .timestamp(let value):
      out.append(8)
      out.append(bigEndian: value)
    case .uuid(let value):
      out.append(9)
      out += (value + [UInt8](repeating: 0, count: 16)).prefix(16)
    }
  }
}

extension [UInt8] {
  fileprivate mutating func append(bigEndian value: some FixedWidthInteger) {
    for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) { append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  fileprivate mutating func append(type: UInt8, _ bytes: some Collection<UInt8>) {
    append(type)
    append(bigEndian: UInt16(bytes.count))
    self += bytes
  }
}

extension String {
  /// UTF-8, cut to at most `max` bytes between two Unicode scalars.
  fileprivate func utf8(max: Int) -> [UInt8] {
    var end = utf8.index(startIndex, offsetBy: max, limitedBy: endIndex) ?? endIndex
    while end != endIndex, UTF8.isContinuation(utf8[end]) { end = utf8.index(before: end) }
    return Array(utf8[..<end])
  }
}
