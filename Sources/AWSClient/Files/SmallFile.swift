package import Foundation

/// Reads files that are small by nature, such as settings and tokens, whatever their path really names: a pipe without a writer holds
/// nobody up, and an endless device fills no memory.
package enum SmallFile {
  /// Why a file can't be read.
  package struct Problem: Error, Equatable {
    /// What follows the path in a sentence.
    package var words: String
    /// Whether there is no such file.
    package var isAbsence = false
    /// Whether a folder on the way is closed, so that nobody knows if there is such a file.
    package var isHidden = false
  }

  /// - Parameter patience: how long to wait for whoever writes to a pipe, in milliseconds.
  package static func contents(
    of path: String, bytesMax: Int, patienceMilliseconds: Int32 = 5_000
  ) throws(Problem) -> Data {
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw problem(errno, path) }
    defer { close(descriptor) }
    var status = stat()
    let isPipe = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
    var data = Data()
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno != EINTR, errno != EAGAIN { throw problem(errno, path) }
      if count > 0 {
        data.append(contentsOf: buffer[..<count])
        guard data.count <= bytesMax else {
          throw Problem(words: "can't be read: it has more than \(bytesMax >> 10) KB; check that it is the right file")
        }
        continue
      }
      // An empty pipe is at its end, or nobody has opened it for writing yet.
      if count == 0, !isPipe || !data.isEmpty { return data }
      var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      if poll(&state, 1, patienceMilliseconds) == 0 {
        throw Problem(words: "can't be read: it is a pipe into which nobody writes")
      }
      if count == 0, state.revents & Int16(POLLIN) == 0 { return data }
    }
  }

  private static func problem(_ code: Int32, _ path: String) -> Problem {
    switch code {
    case ENOENT, ENOTDIR: return Problem(words: "doesn't exist", isAbsence: true)
    case EISDIR: return Problem(words: "is a folder; name a file in it")
    case EACCES:
      var status = stat()
      let isHidden = stat(path, &status) != 0
      return Problem(words: "can't be read; check its permissions", isHidden: isHidden)
    default: return Problem(words: "can't be read (\(String(cString: strerror(code))))")
    }
  }
}
