import Foundation

/// The open file of the access log, or standard output. One thread at a time uses it.
struct AccessLogFile: Sendable {
  /// How a writing ended.
  enum Result: Equatable {
    case written
    /// The rest was dropped for now, so many lines: the disk is full, or a pipe is not read. It may go on later.
    case delayed(dropped: Int)
    /// Nobody will ever read the rest: a broken pipe, or a file that can't be opened.
    case lost(String, dropped: Int)
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
    let bytes = isCut ? [Self.lineFeed] + lines : lines
    let start = isCut ? 1 : 0
    var written = 0
    guard descriptor >= 0 else { return .lost("The file is not open", dropped: Self.dropped(bytes, from: start, written)) }
    while written < bytes.count {
      var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      let polled = poll(&ready, 1, patienceMilliseconds)
      if polled < 0, errno == EINTR { continue }
      guard polled > 0 else { return cut(at: written, bytes, from: start) }
      // A pipe that is ready takes this much without blocking; standard output has no O_NONBLOCK, because other programs share it.
      let part = destination == .standardOutput ? min(bytes.count - written, Int(PIPE_BUF)) : bytes.count - written
      let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress! + written, part) }
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count > 0 else {
        let code = count < 0 ? errno : ENOSPC
        if [EPIPE, EBADF, ENXIO].contains(code) {
          return .lost(String(cString: strerror(code)), dropped: Self.dropped(bytes, from: start, written))
        }
        return cut(at: written, bytes, from: start)
      }
      written += count
    }
    isCut = false
    return .written
  }

  private mutating func cut(at written: Int, _ bytes: [UInt8], from start: Int) -> Result {
    if written > 0 { isCut = bytes[written - 1] != Self.lineFeed }
    return .delayed(dropped: Self.dropped(bytes, from: start, written))
  }

  private static let lineFeed: UInt8 = 0x0A

  /// The lines that were not written whole.
  /// - Parameters:
  ///   - start: where the lines begin in the bytes.
  ///   - written: how many of the bytes were written.
  private static func dropped(_ bytes: [UInt8], from start: Int, _ written: Int) -> Int {
    let rest = bytes[max(start, min(written, bytes.count))...]
    let lines = rest.count { $0 == lineFeed }
    // All of a line is there but its end, which the next writing adds.
    return written > start && rest.first == lineFeed ? lines - 1 : lines
  }
}
