import NIOCore

/// A command with its arguments.
struct RESPCommand: Sendable {
  private let words: [String]

  init(_ words: [String]) {
    self.words = words
  }

  func write(to buffer: inout ByteBuffer) {
    buffer.writeString("*\(words.count)\r\n")
    for word in words {
      buffer.writeString("$\(word.utf8.count)\r\n")
      buffer.writeString(word)
      buffer.writeString("\r\n")
    }
  }
}

extension RESPCommand: CustomStringConvertible, CustomReflectable {
  /// The command without its arguments, among which may be a password.
  var description: String { words.first ?? "" }
  var customMirror: Mirror { Mirror(self, children: ["command": description]) }
}
