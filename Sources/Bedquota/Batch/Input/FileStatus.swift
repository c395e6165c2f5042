import Foundation

/// What the file system says of a path or an open file.
struct FileStatus: Sendable {
  /// Tells files apart, however many names they have.
  struct Identity: Sendable, Hashable {
    var device: UInt64
    var inode: UInt64
  }

  enum Kind: Sendable { case regular, folder, pipe, terminal, link, other }

  var identity: Identity
  var kind: Kind
  /// The permission bits.
  var permissions: mode_t
  /// Bytes.
  var size: UInt64
  /// Seconds and nanoseconds since 1970 at which the content last changed.
  var modified: [Int]

  /// - Parameter followsLinks: whether a link stands for the file that it leads to.
  /// - Returns: nil if there is no such file.
  init?(path: String, followsLinks: Bool = true) {
    var status = stat()
    guard (followsLinks ? stat(path, &status) : lstat(path, &status)) == 0 else { return nil }
    self.init(status, isTerminal: false)
  }

  /// - Throws: ``SystemFailure``.
  init(descriptor: Int32) throws(SystemFailure) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw SystemFailure() }
    self.init(status, isTerminal: isatty(descriptor) == 1)
  }

  private init(_ status: stat, isTerminal: Bool) {
    identity = Identity(device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(status.st_ino))
    permissions = status.st_mode & 0o7777
    size = UInt64(max(0, status.st_size))
    #if canImport(Darwin)
      modified = [status.st_mtimespec.tv_sec, status.st_mtimespec.tv_nsec]
    #else
      modified = [status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
    #endif
    kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .folder
      case S_IFIFO, S_IFSOCK: .pipe
      case S_IFLNK: .link
      default: isTerminal ? .terminal : .other
      }
  }
}
