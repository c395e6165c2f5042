import Foundation

/// Reads the lines of a file one after the other, with at most one line and one chunk of the file in memory.
struct LineReader {
  private static let chunkBytes = 256 * 1_024

  private let file: FileHandle
  private let lineBytesMax: Int
  private var buffer = Data()
  private var isAtEnd = false

  init(_ url: URL, lineBytesMax: Int = .max) throws {
    file = try FileHandle(forReadingFrom: url)
    self.lineBytesMax = lineBytesMax
  }

  /// The next line without its newline; nil after the last.
  /// - Returns: `isWhole` is false for a last line without a newline.
  /// - Throws: ``LineTooLong``.
  mutating func next() throws -> (line: Data, isWhole: Bool)? {
    while true {
      if let end = buffer.firstIndex(of: 0x0A) {
        let line = buffer[buffer.startIndex..<end]
        buffer = buffer[(end + 1)...]
        return (Data(line), true)
      }
      if isAtEnd {
        guard !buffer.isEmpty else { return nil }
        defer { buffer = Data() }
        return (Data(buffer), false)
      }
      guard buffer.count <= lineBytesMax else { throw LineTooLong() }
      let more = try file.read(upToCount: Self.chunkBytes) ?? Data()
      if more.isEmpty { isAtEnd = true }
      buffer = Data(buffer) + more
    }
  }
}

/// A line over the limit of its reader.
struct LineTooLong: Error {}

extension Data {
  /// Whether a line holds nothing but spaces, tabs and carriage returns.
  var isBlank: Bool { allSatisfy { $0 == 0x20 || $0 == 0x0D || $0 == 0x09 } }
}
