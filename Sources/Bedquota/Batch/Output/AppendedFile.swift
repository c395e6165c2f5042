import Foundation

/// A file that grows at its end. What is appended is on the disk as a whole, or not in the file at all.
struct AppendedFile: Sendable {
  private(set) var path: String
  private let file: FileHandle
  private let unlocking: Unlocking
  private let identity: FileStatus.Identity
  /// The file's length: all that was appended.
  private(set) var bytes: UInt64

  /// Opens a file, which must be a regular one.
  /// - Parameter isNew: whether it must not exist yet; then only its owner may read it, for it will hold prompts and replies.
  /// - Throws: ``BedquotaError`` (`file`).
  init(_ path: String, isNew: Bool) throws {
    // O_NOFOLLOW: the path was resolved before; a link that appears now leads to somebody else's file.
    let flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (isNew ? O_CREAT | O_EXCL : 0)
    let descriptor = open(path, flags, 0o600)
    guard descriptor >= 0 else { throw Self.unwritable(path, SystemFailure()) }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    let status: FileStatus
    do { status = try FileStatus(descriptor: descriptor) } catch { throw Self.unwritable(path, error) }
    guard status.kind == .regular else {
      throw BedquotaError(.file, "\(path) can't be written: it is not a regular file.", parameters: ["outputFile"])
    }
    self.init(path: path, file: file, identity: status.identity, bytes: status.size)
  }

  /// A free name beside a file, for one that will take its place.
  static func temporary(beside path: String) -> String { "\(path).\(getpid())-\(UInt32.random(in: 0 ... .max))" }

  private init(path: String, file: FileHandle, identity: FileStatus.Identity, bytes: UInt64) {
    (self.path, self.file, self.identity, self.bytes) = (path, file, identity, bytes)
    unlocking = Unlocking(file: file)
  }

  /// Makes the file known under another path, where it takes the place of a file that is there.
  /// - Throws: ``SystemFailure``.
  func moved(to path: String) throws(SystemFailure) -> AppendedFile {
    guard rename(self.path, path) == 0 else { throw SystemFailure() }
    Self.syncFolder(of: path)
    return renamed(path)
  }

  /// Makes the file known under a path that must be free. Unlike a rename, a link replaces nothing that has appeared meanwhile; some
  /// file systems have no links.
  /// - Throws: ``SystemFailure``; `EEXIST` if a file is there.
  func placed(at path: String) throws(SystemFailure) -> AppendedFile {
    if link(self.path, path) == 0 { return try linked(as: path) }
    guard errno != EEXIST, FileStatus(path: path, followsLinks: false) == nil else { throw SystemFailure(EEXIST) }
    return try moved(to: path)
  }

  /// The file under a path that a second link has given it; the first path goes.
  /// - Throws: ``SystemFailure``.
  private func linked(as path: String) throws(SystemFailure) -> AppendedFile {
    guard unlink(self.path) == 0 else { throw SystemFailure() }
    Self.syncFolder(of: path)
    return renamed(path)
  }

  private func renamed(_ path: String) -> AppendedFile {
    var copy = self
    copy.path = path
    return copy
  }

  /// Gives the lock back when the last copy of a file goes. Closing alone would leave it for the moment to a child process that has
  /// just been forked.
  private final class Unlocking: Sendable {
    private let file: FileHandle

    init(file: FileHandle) { self.file = file }

    deinit { flock(file.fileDescriptor, LOCK_UN) }
  }

  /// Makes a file's name safe on disk, as far as the system can: without it, a power cut may leave a file that nobody finds.
  static func syncFolder(of path: String) {
    let descriptor = open(URL(filePath: path).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  /// The content from the beginning.
  var source: FileBytes { FileBytes(file) }

  /// Whether the path still leads to this file, and nobody else has changed its length.
  var isIntact: Bool {
    guard let named = FileStatus(path: path, followsLinks: false) else { return false }
    return named.identity == identity && named.size == bytes
  }

  /// Appends bytes and makes them safe on disk.
  /// - Throws: ``SystemFailure``, after which the file is as it was; ``BedquotaError`` (`file`) if the file is not the one that was
  ///   opened, or can't be brought back to its length.
  mutating func append(_ data: Data) throws {
    guard isIntact else {
      throw BedquotaError(
        .file, "\(path) was deleted, replaced or changed by somebody else while the run wrote it.", parameters: ["outputFile"])
    }
    do {
      try Self.write(data, to: file.fileDescriptor, at: Int(bytes))
      guard fsync(file.fileDescriptor) == 0 else { throw SystemFailure() }
    } catch {
      try cut(to: bytes)
      throw error
    }
    bytes += UInt64(data.count)
  }

  /// Cuts the file off.
  /// - Throws: ``BedquotaError`` (`file`).
  mutating func cut(to bytes: UInt64) throws {
    guard ftruncate(file.fileDescriptor, off_t(bytes)) == 0, fsync(file.fileDescriptor) == 0 else {
      throw Self.unwritable(path, SystemFailure())
    }
    self.bytes = bytes
  }

  /// Lets those read and write the file who could read and write another one.
  func takePermissions(of other: AppendedFile) {
    guard let status = try? FileStatus(descriptor: other.file.fileDescriptor) else { return }
    _ = fchmod(file.fileDescriptor, status.permissions)
  }

  /// Takes the file's lock, which ends with the process.
  /// - Returns: false if another process or run has it.
  /// - Throws: ``BedquotaError`` (`file`) if the disk has no locks.
  func locks() throws -> Bool {
    if flock(file.fileDescriptor, LOCK_EX | LOCK_NB) == 0 { return true }
    guard errno == EWOULDBLOCK else { throw Self.unwritable(path, SystemFailure()) }
    return false
  }

  /// Writes all bytes at a position.
  /// - Throws: ``SystemFailure``.
  static func write(_ bytes: some ContiguousBytes, to descriptor: Int32, at position: Int) throws {
    let code = bytes.withUnsafeBytes { SystemWrite.all($0, to: descriptor, at: position) }
    if code != 0 { throw SystemFailure(code) }
  }

  static func unwritable(_ path: String, _ error: any Error) -> BedquotaError {
    BedquotaError.file("\(path) can't be written", error, parameters: ["outputFile"])
  }
}
