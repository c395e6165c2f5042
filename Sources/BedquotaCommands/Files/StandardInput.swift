import Bedquota
import Foundation

/// Text that comes in through stdin, where `-` stands for a file.
enum StandardInput {
  /// Bedrock takes no request beyond this size.
  private static let bytesMax = 25_000_000

  /// Reads to the end.
  /// - Throws: ``BedquotaError`` (`file`) if stdin can't be read, is larger than any request, or is not UTF-8.
  static func text() throws -> String {
    var data = Data()
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(STDIN_FILENO, &buffer, buffer.count)
      if count > 0 {
        data.append(contentsOf: buffer[..<count])
        if data.count > bytesMax { throw BedquotaError(.file, "stdin holds more than 25 MB, which no request can carry.") }
      } else if count == 0 {
        break
      } else if errno == EAGAIN {
        var state = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        _ = poll(&state, 1, 1_000)
      } else if errno != EINTR {
        throw BedquotaError(.file, "stdin can't be read: \(WriteMethod.Refusal.words(errno)).")
      }
    }
    guard let text = String(data: data, encoding: .utf8) else { throw BedquotaError(.file, "stdin is not UTF-8 text.") }
    return text
  }
}
