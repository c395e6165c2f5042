/// The lines of a file that begin within a range of its bytes.
struct ShardBytes: ByteSource {
  private var source: FileBytes
  private let end: UInt64
  /// Where the next byte stands in the file.
  private var position: UInt64
  private var isAtLine: Bool
  private var isOver = false

  /// - Parameters:
  ///   - source: the file from its beginning.
  ///   - range: where a line must begin.
  init(_ source: FileBytes, _ range: Range<UInt64>) {
    self.source = source
    end = range.upperBound
    // The byte before tells whether a line begins with the range.
    position = range.lowerBound == 0 ? 0 : range.lowerBound - 1
    isAtLine = range.lowerBound == 0
    isOver = range.isEmpty
    self.source.skip(to: position)
  }

  /// - Throws: ``SystemFailure``.
  mutating func read(upTo count: Int) throws -> [UInt8] {
    while !isOver {
      var bytes = try source.read(upTo: count)[...]
      guard !bytes.isEmpty else { break }
      let start = position
      position += UInt64(bytes.count)
      if !isAtLine {
        guard let newline = bytes.firstIndex(of: 0x0A) else {
          // No line begins in the range.
          isOver = position >= end
          continue
        }
        isAtLine = true
        isOver = start + UInt64(newline) + 1 >= end
        bytes = bytes[(newline + 1)...]
        if isOver { break }
      }
      if position >= end {
        // The last line ends with the first newline at or behind the last byte of the range.
        let from = max(bytes.startIndex, end - 1 > start ? Int(end - 1 - start) : 0)
        if let newline = bytes[from...].firstIndex(of: 0x0A) {
          isOver = true
          bytes = bytes[...newline]
        }
      }
      if !bytes.isEmpty { return Array(bytes) }
    }
    return []
  }
}
