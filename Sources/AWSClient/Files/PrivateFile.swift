package import Foundation

/// Writes files that only their owner can read, each of them whole or not at all.
package enum PrivateFile {
  /// Writes a file of mode 0600; an earlier file of this name is replaced, also if it is a link.
  /// - Throws: `POSIXError`, or Foundation's error.
  package static func write(_ data: Data, to path: String) throws {
    let temporary = "\(path).\(UUID().uuidString).tmp"
    // The mode is given when the file is made, so that nobody can open it in between.
    let descriptor = open(temporary, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw lastError() }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    do {
      try handle.write(contentsOf: data)
      // A token that renews others works once, so its successor must outlast a crash.
      try handle.synchronize()
      try handle.close()
      guard rename(temporary, path) == 0 else { throw lastError() }
    } catch {
      unlink(temporary)
      throw error
    }
  }

  private static func lastError() -> POSIXError { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
}
