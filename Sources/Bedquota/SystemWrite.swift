import Foundation

/// Writes bytes to files at a position.
package enum SystemWrite {
  /// Writes all bytes at a position of a regular file.
  /// - Returns: 0, or the `errno` of the write that failed. A write that takes nothing counts as a full disk: it would be tried for
  ///   ever.
  package static func all(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, at position: Int) -> Int32 {
    var written = 0
    while written < bytes.count {
      let count = pwrite(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written, off_t(position + written))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count < 0 ? errno : ENOSPC }
      written += count
    }
    return 0
  }
}
