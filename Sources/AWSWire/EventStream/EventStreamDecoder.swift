import Foundation

/// Decodes an event stream incrementally, from pieces of any size.
package struct EventStreamDecoder: Sendable {
  /// Why decoding stopped.
  package enum Failure: Error, Equatable {
    /// An impossible length, or one over the limits.
    case length
    case preludeChecksum
    case messageChecksum
    case header
  }

  /// The limits of the format.
  package static let payloadBytesMax = 24 * 1_024 * 1_024
  package static let headerBytesMax = 128 * 1_024

  private var buffer: [UInt8] = []
  private var start = 0

  package init() {}

  /// Bytes of a message that is not complete yet.
  package var pendingBytes: Int { buffer.count - start }

  /// Appends bytes as they arrive.
  package mutating func feed(_ bytes: some Sequence<UInt8>) {
    if start > 0, start == buffer.count || start > 65_536 {
      buffer.removeFirst(start)
      start = 0
    }
    buffer += bytes
  }

  /// The next message; nil if more bytes are needed.
  /// - Throws: ``Failure``, after which the stream can't be decoded further.
  package mutating func next() throws(Failure) -> EventStreamMessage? {
    guard pendingBytes >= 12 else { return nil }
    let total = Int(read(UInt32.self, at: start))
    let headerBytes = Int(read(UInt32.self, at: start + 4))
    // Check the prelude first: a damaged length would make us wait for bytes that never come.
    guard CRC32.checksum(buffer, start..<start + 8) == read(UInt32.self, at: start + 8) else { throw .preludeChecksum }
    guard headerBytes <= Self.headerBytesMax, 0...Self.payloadBytesMax ~= total - headerBytes - 16 else { throw .length }
    guard pendingBytes >= total else { return nil }
    let end = start + total
    guard CRC32.checksum(buffer, start..<end - 4) == read(UInt32.self, at: end - 4) else { throw .messageChecksum }
    let headers = try readHeaders(start + 12..<start + 12 + headerBytes)
    let payload = Data(buffer[start + 12 + headerBytes..<end - 4])
    start = end
    return EventStreamMessage(headers: headers, payload: payload)
  }

  private func read<Number: FixedWidthInteger>(_ type: Number.Type, at offset: Int) -> Number {
    buffer[offset..<offset + Number.bitWidth / 8].reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
  }

  private func readHeaders(_ range: Range<Int>) throws(Failure) -> [EventStreamMessage.Header] {
    var headers: [EventStreamMessage.Header] = []
    // As bytes: Swift treats canonically equivalent strings as equal.
    var names: Set<ArraySlice<UInt8>> = []
    var offset = range.lowerBound
    func take(_ count: Int) throws(Failure) -> Int {
      guard offset + count <= range.upperBound else { throw .header }
      defer { offset += count }
      return offset
    }
    while offset < range.upperBound {
      let length = Int(buffer[try take(1)])
      let nameStart = try take(length)
      let nameBytes = buffer[nameStart..<nameStart + length]
      guard length > 0, names.insert(nameBytes).inserted, let name = String(validating: nameBytes, as: UTF8.self) else {
        throw .header
      }
      let value: EventStreamMessage.Value
      switch buffer[try take(1)] {
      case 0: value = .bool(true)
      case 1: value = .bool(false)
      case 2: value = .byte(read(Int8.self, at: try take(1)))
      case 3: value = .short(read(Int16.self, at: try take(2)))
      case 4: value = .integer(read(Int32.self, at: try take(4)))
      case 5: value = .long(read(Int64.self, at: try take(8)))
      case 6:
        let count = Int(read(UInt16.self, at: try take(2)))
        let at = try take(count)
        value = .bytes(Data(buffer[at..<at + count]))
      case 7:
        let count = Int(read(UInt16.self, at: try take(2)))
        let at = try take(count)
        guard let text = String(validating: buffer[at..<at + count], as: UTF8.self) else { throw .header }
        value = .string(text)
      case 8: value = .timestamp(read(Int64.self, at: try take(8)))
      case 9:
        let at = try take(16)
        value = .uuid(Array(buffer[at..<at + 16]))
      default: throw .header
      }
      headers.append(EventStreamMessage.Header(name, value))
    }
    return headers
  }
}
