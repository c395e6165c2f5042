import Foundation

/// Writes files that only their owner can read, each of them whole or not at all.
enum PrivateFile {
  /// Writes a file of mode 0600; an earlier file of this name is replaced.
  /// - Throws: ``BedquotaError`` (`file`).
  static func write(_ data: Data, to url: URL) throws {
    let temporary = url.deletingLastPathComponent().appending(path: ".\(url.lastPathComponent).\(UUID().uuidString)")
    // The mode is given when the file is made, so that nobody can open it in between.
    let descriptor = open(temporary.path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw unwritable(url, SystemFailure()) }
    do {
      let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
      try handle.write(contentsOf: data)
      try handle.close()
      guard rename(temporary.path, url.path) == 0 else { throw SystemFailure() }
    } catch {
      unlink(temporary.path)
      throw unwritable(url, error)
    }
  }

  private static func unwritable(_ url: URL, _ error: any Error) -> BedquotaError {
    BedquotaError.file("\(url.path) can't be written", error)
  }
}
