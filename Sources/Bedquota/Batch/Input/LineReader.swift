import Foundation

/// Reads lines one after the other, with at most one line and one chunk in memory, in time linear in their length.
struct LineReader {
  struct Line: Sendable {
    /// Without the newline; of a line that is too long, its beginning only.
    var bytes: [UInt8]
    /// False for a last line without a newline.
    var isWhole = true
    /// Its length in bytes, without the newline.
    var length: Int

    /// Whether it is longer than the reader keeps.
    var isTooLong: Bool { length > bytes.count }
    /// Whether it holds nothing but white space.
    var isBlank: Bool { InputForm.withoutMark(bytes[...]).allSatisfy { $0.isJSONSpace } }
  }

  private static let chunkBytes = 256 * 1_024

  private var source: any ByteSource
  private let lineBytesMax: Int
  private var chunk: [UInt8] = []
  /// The part of the chunk that belongs to earlier lines.
  private var used = 0

  /// - Parameter lineBytesMax: bytes to keep of a line.
  init(_ source: any ByteSource, lineBytesMax: Int = .max) {
    self.source = source
    self.lineBytesMax = lineBytesMax
  }

  /// The next line; nil after the last.
  mutating func next() throws -> Line? {
    var line = Line(bytes: [], isWhole: false, length: 0)
    while true {
      if used == chunk.count {
        (chunk, used) = (try source.read(upTo: Self.chunkBytes), 0)
        // The end, with or without a line before it.
        if chunk.isEmpty { return line.length > 0 ? line : nil }
      }
      let end = Self.newline(in: chunk, from: used)
      let part = chunk[used..<(end ?? chunk.count)]
      line.bytes += part.prefix(max(0, lineBytesMax - line.bytes.count))
      line.length += part.count
      used += part.count
      if end != nil {
        used += 1
        line.isWhole = true
        return line
      }
    }
  }

  /// - Returns: the position of the first newline at or behind `start`.
  private static func newline(in bytes: [UInt8], from start: Int) -> Int? {
    bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress, let found = memchr(base + start, 0x0A, buffer.count - start) else { return nil }
      return UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
    }
  }
}
