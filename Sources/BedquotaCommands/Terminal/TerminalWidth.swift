import Foundation

/// How many columns a text may take.
enum TerminalWidth {
  /// Below this, lines would hold little more than a word each.
  static let min = 20
  /// The help of the parser has two columns; it traps if it has less room than the first one takes.
  private static let helpMin = 40
  private static let helpDefault = 80

  /// The width for what is written to a descriptor; nil for a file, a pipe, and a terminal that doesn't tell its width.
  static func of(_ descriptor: Int32, environment: [String: String] = ProcessInfo.processInfo.environment) -> Int? {
    var size = winsize()
    let isTerminal = isatty(descriptor) == 1 && ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0
    return columns(variable: environment["COLUMNS"], terminal: isTerminal ? Int(size.ws_col) : nil)
  }

  /// - Parameters:
  ///   - variable: the value of `COLUMNS`, which counts before the terminal's own width, and for files and pipes as well.
  ///   - terminal: the width of the terminal; nil or 0 if it is not known.
  static func columns(variable: String?, terminal: Int?) -> Int? {
    let known = variable.flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil } ?? terminal.flatMap { $0 > 0 ? $0 : nil }
    return known.map { max($0, min) }
  }

  /// Runs `body` as if the terminal were wide enough for help, which the parser lays out even for an exit code.
  static func withRoomForHelp<Result>(_ body: () -> Result) -> Result {
    let variable = ProcessInfo.processInfo.environment["COLUMNS"]
    setenv("COLUMNS", "\(helpDefault)", 1)
    defer { if let variable { setenv("COLUMNS", variable, 1) } else { unsetenv("COLUMNS") } }
    return body()
  }

  /// The width that the parser lays its help out for, which may be more than the terminal has.
  static func ofHelp(_ width: Int?) -> Int { max(width ?? helpDefault, helpMin) }
}
