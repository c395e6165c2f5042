import Foundation

/// Bytes that are read from the beginning to the end.
protocol ByteSource {
  /// - Returns: at most `count` bytes; none at the end only.
  mutating func read(upTo count: Int) throws -> [UInt8]
}

/// The bytes of an open file. It keeps a position of its own, so that several readers can share the file.
struct FileBytes: ByteSource {
  private let file: FileHandle
  private var position = 0

  init(_ file: FileHandle) { self.file = file }

  mutating func skip(to position: UInt64) { self.position = Int(clamping: position) }

  /// - Throws: ``SystemFailure``.
  mutating func read(upTo count: Int) throws -> [UInt8] {
    while true {
      var failure: SystemFailure?
      let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        let read = pread(file.fileDescriptor, buffer.baseAddress, count, off_t(position))
        if read < 0 { failure = SystemFailure() }
        filled = max(0, read)
      }
      if failure?.number == EINTR { continue }
      if let failure { throw failure }
      position += bytes.count
      return bytes
    }
  }
}
