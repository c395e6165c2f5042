/// The lines of the access log that wait to be written. What exceeds the bound is dropped and counted: a full disk costs lines, never
/// a request.
struct AccessLogBuffer: Sendable {
  private let bytesMax: Int
  private(set) var bytes: [UInt8] = []
  private(set) var lines = 0
  private(set) var droppedLines: UInt64 = 0

  init(bytesMax: Int) { self.bytesMax = bytesMax }

  /// - Returns: whether the writer is to be woken, because nothing waited before.
  mutating func append(_ line: [UInt8]) -> Bool {
    guard bytes.count + line.count <= bytesMax else {
      droppedLines += 1
      return false
    }
    let wasEmpty = bytes.isEmpty
    bytes += line
    lines += 1
    return wasEmpty
  }

  /// Hands over all lines.
  mutating func take() -> (bytes: [UInt8], lines: Int) {
    defer {
      bytes = []
      lines = 0
    }
    return (bytes, lines)
  }

  mutating func dropped(lines: Int) { droppedLines += UInt64(lines) }
}
