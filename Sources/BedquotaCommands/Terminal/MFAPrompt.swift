import Foundation
import Reports

/// Asks for the code of an MFA device.
enum MFAPrompt {
  /// Asks on the terminal itself, because stdin may be a pipe; nil without a terminal.
  static var ask: (@Sendable (_ serial: String) async throws -> String)? {
    let descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    close(descriptor)
    return { serial in
      guard let terminal = FileHandle(forUpdatingAtPath: "/dev/tty") else { return "" }
      defer { try? terminal.close() }
      // A line of progress may stand there.
      try terminal.write(contentsOf: Data("\r\u{1B}[KEnter MFA code for \(serial.printable): ".utf8))
      var code: [UInt8] = []
      while code.count < 64, let byte = try terminal.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") { code.append(byte) }
      return String(decoding: code, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
  }
}
