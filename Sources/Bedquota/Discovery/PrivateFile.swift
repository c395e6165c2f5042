import Foundation

/// Writes files that only their owner can read, each of them whole or not at all.
enum PrivateFile {
  /// Writes a file of mode 0600; an earlier file of this name is replaced.
  /// - Throws: `CocoaError` with the path.
  static func write(_ data: Data, to url: URL) throws {
    let temporary = url.deletingLastPathComponent().appending(path: ".\(url.lastPathComponent).\(UUID().uuidString)")
    // The mode is given when the file is made, so that nobody can open it in between.
    let descriptor = open(temporary.path, O_CREAT | O_EXCL | O_WRONLY, 0o600)
    guard descriptor >= 0 else { throw error(errno, url) }
    do {
      let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
      try handle.write(contentsOf: data)
      try handle.close()
      guard rename(temporary.path, url.path) == 0 else { throw error(errno, url) }
    } catch {
      unlink(temporary.path)
      throw error
    }
  }

  private static func error(_ number: Int32, _ url: URL) -> CocoaError {
    let code: CocoaError.Code =
      switch number {
      case EACCES, EPERM: .fileWriteNoPermission
      case ENOSPC, EDQUOT: .fileWriteOutOfSpace
      case EROFS: .fileWriteVolumeReadOnly
      case ENOENT, ENOTDIR: .fileNoSuchFile
      default: .fileWriteUnknown
      }
    return CocoaError(
      code, userInfo: [NSFilePathErrorKey: url.path, NSUnderlyingErrorKey: POSIXError(.init(rawValue: number) ?? .EIO)])
  }
}
