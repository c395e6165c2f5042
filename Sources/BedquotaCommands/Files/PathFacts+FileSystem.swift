// Where swift-certificates is linked, the compiler takes this module for the one that defines `stat`.
import CoreFoundation
import Foundation

extension PathFacts {
  /// A path that the file system can't look up, with its `errno`.
  struct LookupFailure: Error { var code: Int32 }

  /// As many as Linux follows.
  private static let linksMax = 40

  /// Looks at what is there now.
  /// - Parameter path: not empty.
  init(of path: String) throws(LookupFailure) {
    target = try Self.followingLinks(path)
    var status = stat()
    if stat(target, &status) == 0 {
      kind = Self.kind(status.st_mode)
      (mode, owner, group) = (status.st_mode & 0o7777, status.st_uid, status.st_gid)
      hasOtherNames = kind == .file && status.st_nlink > 1
      var output = stat()
      isStandardOutput =
        kind == .file && fstat(STDOUT_FILENO, &output) == 0 && output.st_dev == status.st_dev && output.st_ino == status.st_ino
      canKeepOwner = owner == geteuid() || geteuid() == 0
      writeProblem = access(target, W_OK) == 0 ? 0 : errno
    } else if errno != ENOENT, errno != ENOTDIR {
      throw LookupFailure(code: errno)
    }
    var folderStatus = stat()
    if stat(folderPath, &folderStatus) != 0 {
      folder = errno == ENOTDIR ? .notAFolder : .missing
    } else if Self.kind(folderStatus.st_mode) != .folder {
      folder = .notAFolder
    } else {
      folderProblem = access(folderPath, W_OK | X_OK) == 0 ? 0 : errno
    }
  }

  /// Follows the links at the end of a path, also to a file that doesn't exist yet; the system follows those in its middle.
  private static func followingLinks(_ path: String) throws(LookupFailure) -> String {
    var path = path
    for _ in 0..<linksMax {
      var status = stat()
      guard lstat(path, &status) == 0 else {
        if errno == ENOENT || errno == ENOTDIR { return path }
        throw LookupFailure(code: errno)
      }
      guard status.st_mode & S_IFMT == S_IFLNK else { return path }
      guard let next = try? FileManager.default.destinationOfSymbolicLink(atPath: path) else { throw LookupFailure(code: EIO) }
      path = next.hasPrefix("/") ? next : "\(folder(of: path))/\(next)"
    }
    throw LookupFailure(code: ELOOP)
  }

  private static func kind(_ mode: mode_t) -> Kind {
    switch mode & S_IFMT {
    case S_IFREG: .file
    case S_IFDIR: .folder
    case S_IFIFO: .pipe
    case S_IFCHR: .characterDevice
    case S_IFBLK: .blockDevice
    default: .socket
    }
  }
}
