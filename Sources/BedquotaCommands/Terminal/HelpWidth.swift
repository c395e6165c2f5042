import Foundation

/// The width that the parser of the options lays its help out for.
enum HelpWidth {
  /// Its columns need this many; it traps if it has fewer than the first one takes.
  static let min = 40

  /// The value that `COLUMNS` needs; nil if it can stay as it is.
  /// - Parameters:
  ///   - columns: the value of `COLUMNS`, which counts before the terminal's own width.
  ///   - terminal: the width of the terminal; 0 if it is not known.
  static func correction(columns: String?, terminal: Int) -> Int? {
    if let columns = columns.flatMap({ Int($0) }) { return columns < min ? min : nil }
    return terminal > 0 && terminal < min ? min : nil
  }

  /// Widens what is too narrow for the parser, so that its help wraps instead of ending the process.
  static func limit() {
    var size = winsize()
    let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0
    let columns = ProcessInfo.processInfo.environment["COLUMNS"]
    if let width = correction(columns: columns, terminal: isKnown ? Int(size.ws_col) : 0) { setenv("COLUMNS", "\(width)", 1) }
  }
}
