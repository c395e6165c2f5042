import AWSWire
import Foundation

/// What an output file holds: the results of earlier runs, line by line. The output itself says which records are done; the journal
/// only adds what the output doesn't tell.
struct OutputScan {
  /// A line that is a whole result.
  struct Result {
    /// The hash of its record's id.
    var id: UInt64
    var isError: Bool
    var line: [UInt8]
  }

  private var lines: LineReader
  private let isCompressed: Bool
  /// Lines or parts of lines that are no result.
  private(set) var broken = 0
  /// Bytes up to the end of the last whole result, as long as nothing before them is broken; of the decompressed content.
  private(set) var soundBytes: UInt64 = 0
  /// Whether the compressed data end with damage.
  private(set) var isTorn = false

  init(_ file: AppendedFile, isCompressed: Bool) {
    lines = LineReader(isCompressed ? GunzippedBytes(file.source) : file.source)
    self.isCompressed = isCompressed
  }

  /// Whether the file can stay as it is but for `soundBytes`; otherwise it must be written anew.
  private(set) var isSoundPrefix = true

  /// The next whole result; nil at the end.
  /// - Throws: ``SystemFailure``.
  mutating func next() throws -> Result? {
    while true {
      let line: LineReader.Line?
      do { line = try lines.next() } catch is GzipDamage {
        (isTorn, isSoundPrefix) = (true, false)
        return nil
      }
      guard let line else { return nil }
      guard let result = Self.result(line.bytes) else {
        broken += 1
        continue
      }
      // Behind a broken line, or without its newline: it stays, but the file must be mended.
      if broken > 0 || !line.isWhole { isSoundPrefix = false }
      soundBytes += UInt64(line.length + 1)
      return result
    }
  }

  /// Reads a line; nil if it is no whole result.
  private static func result(_ line: [UInt8]) -> Result? {
    var reader = JSONReader(line)
    var id: String?
    var (hasReply, hasError) = (false, false)
    do {
      try reader.readObject { reader, name throws(JSONReader.Failure) in
        switch reader.text(of: name) {
        case "recordId": id = try reader.readString()
        case "modelOutput":
          hasReply = true
          try reader.skipValue()
        case "error":
          hasError = true
          try reader.skipValue()
        default: try reader.skipValue()
        }
      }
      try reader.readEnd()
    } catch { return nil }
    guard let id, hasReply || hasError else { return nil }
    return Result(id: RecordKey.hash(id), isError: !hasReply, line: line)
  }
}
