import Foundation

/// The three descriptors that a process is started with.
enum StandardStreams {
  /// Fills those that the caller closed (`>&-`). A connection or a file would take the number of a closed stdout otherwise, and
  /// get the output. What takes the place fails where the closed one would; notes to a closed stderr are dropped.
  static func fillGaps() {
    for (descriptor, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_WRONLY)]
    where fcntl(descriptor, F_GETFD) < 0 {
      // The lowest free number is this one, because those below are open.
      _ = open("/dev/null", mode)
    }
  }
}
