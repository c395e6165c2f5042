public import Foundation

/// The requests of a run: a file, or what a pipe brought.
///
/// An input is read more than once: for the plan, and to send it. A pipe is therefore first copied into a private temporary
/// file, which nobody else can open and which is gone with the process. Compressed input (gzip) is recognized by its first bytes.
public struct BatchInput: Sendable {
  /// A named pipe that nobody writes to for this long is given up, in milliseconds.
  private static let writerWaitMax: Int32 = 5_000
  private static let chunkBytes = 1 << 20

  /// How messages call it.
  let name: String
  private let file: FileHandle
  private let status: FileStatus
  /// The file itself and, of a pipe, its copy; the output must be neither.
  let identities: Set<FileStatus.Identity>
  /// The part that is read; nil: all of it.
  private(set) var shard: BatchShard?

  /// Opens a file, a named pipe or `/dev/fd/N`, and copies it if it can't be read twice.
  /// - Throws: ``BedquotaError`` (`file`) for what can't be read, a folder, a device, and a form that is not JSON Lines.
  public init(_ url: URL) throws {
    // Without O_NONBLOCK, opening a named pipe waits for a writer, perhaps for ever.
    let descriptor = open(url.path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.unreadable(url.relativePath, "\(SystemFailure())") }
    try self.init(descriptor, name: url.relativePath)
  }

  /// The process's standard input.
  /// - Throws: as ``init(_:)``.
  public static func standardInput() throws -> BatchInput {
    try BatchInput(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0), name: "The standard input")
  }

  /// - Parameter descriptor: an open file, which the input closes.
  private init(_ descriptor: Int32, name: String) throws {
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    let original: FileStatus
    do { original = try FileStatus(descriptor: descriptor) } catch { throw Self.unreadable(name, "\(error)") }
    self.name = name
    switch original.kind {
    case .regular: (self.file, status, identities) = (file, original, [original.identity])
    case .pipe, .terminal:
      let copy = try Self.copy(of: file, name: name)
      self.file = copy
      do { status = try FileStatus(descriptor: copy.fileDescriptor) } catch { throw Self.unreadable(name, "\(error)") }
      identities = [original.identity, status.identity]
    case .folder: throw Self.unreadable(name, "it is a folder")
    case .link, .other: throw Self.unreadable(name, "it is a device")
    }
    var start = try source()
    do { try InputForm.check(try start.read(upTo: 4_096), name: name) } catch let error where !(error is BedquotaError) {
      throw Self.unreadable(name, "\(error)")
    }
  }

  /// The bytes from the beginning, decompressed. Several readers don't disturb each other.
  /// - Throws: ``BedquotaError`` (`file`).
  func source() throws -> any ByteSource {
    let isCompressed = try isCompressed()
    guard let shard else { return isCompressed ? GunzippedBytes(FileBytes(file)) : FileBytes(file) }
    return ShardBytes(FileBytes(file), shard.range(of: status.size))
  }

  private func isCompressed() throws -> Bool {
    var start = FileBytes(file)
    do { return try start.read(upTo: 2) == Gzip.magic } catch { throw Self.unreadable(name, "\(error)") }
  }

  /// Of a part, the size of the whole file, on which its cuts depend.
  var cutBytes: UInt64? { shard.map { _ in status.size } }

  /// One part of the input.
  /// - Throws: ``BedquotaError`` (`file`) if it is compressed or came through a pipe: it can't be cut unread.
  public func shard(_ shard: BatchShard) throws -> BatchInput {
    let problem = try isCompressed() ? "is compressed" : identities.count > 1 ? "is a pipe" : nil
    if let problem {
      throw BedquotaError(.file, "\(name) \(problem): only a plain file can be cut into shards.", parameters: ["input"])
    }
    var part = self
    part.shard = shard
    return part
  }

  /// - Throws: ``BedquotaError`` (`file`) if somebody has changed the file since it was opened.
  func checkUnchanged() throws {
    guard let now = try? FileStatus(descriptor: file.fileDescriptor), now.size == status.size, now.modified == status.modified
    else {
      throw BedquotaError(
        .file, "\(name) was changed while it was read. Resume the run once it is whole.", parameters: ["input", "resume"])
    }
  }

  private static func unreadable(_ name: String, _ why: String) -> BedquotaError {
    BedquotaError(.file, "\(name) can't be read: \(why).", parameters: ["input"])
  }

  /// A file without a name that holds all that a pipe brings.
  private static func copy(of pipe: FileHandle, name: String) throws -> FileHandle {
    var path = Array(FileManager.default.temporaryDirectory.appending(path: "bedquota-XXXXXX").path.utf8CString)
    let descriptor = mkstemp(&path)
    guard descriptor >= 0 else { throw unreadable(name, "no temporary file can be made: \(SystemFailure())") }
    let copy = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    unlink(path)
    // No child process inherits the prompts.
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    do {
      var written = 0
      while let chunk = try next(of: pipe.fileDescriptor) {
        try AppendedFile.write(chunk, to: descriptor, at: written)
        written += chunk.count
      }
    } catch is NoWriter {
      throw unreadable(name, "it is a pipe that nothing writes to")
    } catch let error as SystemFailure where error.isFullDisk {
      throw unreadable(name, "its copy in \(FileManager.default.temporaryDirectory.path) can't be written: \(error)")
    } catch {
      throw unreadable(name, "\(error)")
    }
    return copy
  }

  private struct NoWriter: Error {}

  /// What a pipe brings next; nil at its end.
  private static func next(of descriptor: Int32) throws -> [UInt8]? {
    // The standard input blocks, and always has a writer.
    let mayLackWriter = fcntl(descriptor, F_GETFL) & O_NONBLOCK != 0
    while true {
      var waited = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let events = mayLackWriter ? poll(&waited, 1, writerWaitMax) : 1
      // A signal has ended the wait.
      if events < 0, errno == EINTR { continue }
      var failure: SystemFailure?
      let chunk = [UInt8](unsafeUninitializedCapacity: chunkBytes) { buffer, count in
        let bytes = read(descriptor, buffer.baseAddress, chunkBytes)
        if bytes < 0 { failure = SystemFailure() }
        count = max(0, bytes)
      }
      // Somebody holds the other end and is slow.
      if let failure, [EAGAIN, EINTR].contains(failure.number) { continue }
      if let failure { throw failure }
      if !chunk.isEmpty { return chunk }
      // Without a writer, reading brings nothing; a pipe that was closed reports an event.
      if events == 0 { throw NoWriter() }
      return nil
    }
  }
}
