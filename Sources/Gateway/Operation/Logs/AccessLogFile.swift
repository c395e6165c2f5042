import Foundation

/// The open file of the access log, or standard output. One thread at a time uses it.
struct AccessLogFile: Sendable {
  /// How a writing ended.
  enum Result: Equatable {
    case written
    /// The rest was dropped for now: the disk is full, or a pipe is not read. It may go on later.
    case delayed
    /// Nobody will ever read it: a broken pipe, or a file that can't be opened.
    case lost(String)
  }

  private let destination: AccessLogDestination
  /// How long a pipe may not be read before what is to be written is dropped.
  private let patienceMilliseconds: Int32
  private var descriptor: Int32 = -1
  /// Whether the last line was cut off, so that the next one needs a beginning of its own.
  private var isCut = false

  init(_ destination: AccessLogDestination, patienceMilliseconds: Int32 = 1_000) {
    self.destination = destination
    self.patienceMilliseconds = patienceMilliseconds
  }

  /// Opens the file, or opens it again after somebody has renamed it.
  /// - Returns: what went wrong, in words of the system; nil: nothing. The file that was open before then stays.
  mutating func open() -> String? {
    switch destination {
    case .off: return nil
    case .standardOutput:
      descriptor = STDOUT_FILENO
      return nil
    case .file(let path):
      // Callers' names and their habits are nobody else's business. O_NONBLOCK: a pipe without a reader must not hold the start up.
      #if canImport(Darwin)
        let opened = Darwin.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0o640)
      #else
        let opened = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0o640)
      #endif
      guard opened >= 0 else { return String(cString: strerror(errno)) }
      close()
      descriptor = opened
      isCut = false
      return nil
    }
  }

  mutating func close() {
    if case .file = destination, descriptor >= 0 { _ = Foundation.close(descriptor) }
    descriptor = -1
  }

  /// Writes lines, and waits only as long as its patience allows.
  mutating func write(_ lines: [UInt8]) -> Result {
    guard descriptor >= 0 else { return .lost("The file is not open") }
    let bytes = isCut ? [0x0A] + lines : lines
    var written = 0
    while written < bytes.count {
      var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      let polled = poll(&ready, 1, patienceMilliseconds)
      if polled < 0, errno == EINTR { continue }
      guard polled > 0 else { return cut(at: written, bytes) }
      // A pipe that is ready takes this much without blocking; standard output has no O_NONBLOCK, because other programs share it.
      let part = destination == .standardOutput ? min(bytes.count - written, Int(PIPE_BUF)) : bytes.count - written
      let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress! + written, part) }
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count > 0 else {
        let code = count < 0 ? errno : ENOSPC
        if [EPIPE, EBADF, ENXIO].contains(code) { return .lost(String(cString: strerror(code))) }
        return cut(at: written, bytes)
      }
      written += count
    }
    isCut = false
    return .written
  }

  private mutating func cut(at written: Int, _ bytes: [UInt8]) -> Result {
    if written > 0 { isCut = bytes[written - 1] != 0x0A }
    return .delayed
  }
}
