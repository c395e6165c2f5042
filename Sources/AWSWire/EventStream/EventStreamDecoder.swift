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
  static let payloadBytesMax = 24 * 1_024 * 1_024
  static let headerBytesMax = 128 * 1_024

  private var buffer: [UInt8] = []
  private var start = 0

  package init() {}

  /// The number of bytes that were fed but not decoded yet.
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
    var reader = EventStreamHeaderReader(buffer[start + 12..<start + 12 + headerBytes])
    let headers = try reader.headers()
    let payload = Data(buffer[start + 12 + headerBytes..<end - 4])
    start = end
    return EventStreamMessage(headers: headers, payload: payload)
  }

  private func read<Number: FixedWidthInteger>(_ type: Number.Type, at offset: Int) -> Number {
    Number(bigEndian: buffer[offset...])
  }
}
