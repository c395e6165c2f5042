import Foundation
import Synchronization

extension FullScreen {
  /// The terminal that the process runs on: its modes, its size, and how the process stops.
  enum Device {
    /// The modes to go back to; nil while the terminal is as it was.
    private static let saved = Mutex<termios?>(nil)
    /// The alternate screen, without a cursor.
    private static let entering = "\u{1B}[?1049h\u{1B}[?25l"
    /// Terminals without an alternate screen are left empty.
    private static let leaving = "\u{1B}[0m\u{1B}[2J\u{1B}[H\u{1B}[?25h\u{1B}[?1049l"

    /// Whether the terminal can show a screen, and send keys.
    static func isCapable(environment: [String: String]) -> Bool {
      let kind = environment["TERM"] ?? ""
      return isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 && kind != "dumb" && !kind.isEmpty
    }

    static var size: Size {
      var size = winsize()
      guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
        return Size(width: 80, height: 24)
      }
      return Size(width: Int(size.ws_col), height: Int(size.ws_row))
    }

    /// Takes the terminal. It is given back by ``leave()``, at the latest when the process calls `exit`.
    /// - Throws: `POSIXError`
    static func enter() throws {
      _ = restoresAtExit
      awaitForeground()
      try saved.withLock { saved in
        var modes = termios()
        guard tcgetattr(STDIN_FILENO, &modes) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        // What another program left behind is no state to go back to.
        saved = saved ?? modes
        modes = raw(modes)
        try setModes(modes)
      }
      guard write(entering) == 0 else { throw POSIXError(.EIO) }
    }

    /// Gives the terminal back as it was.
    static func leave() {
      saved.withLock { saved in
        guard let modes = saved else { return }
        _ = write(leaving)
        try? setModes(modes)
        saved = nil
      }
    }

    /// The same without waiting for the terminal or for another thread.
    static func leaveAtOnce() {
      guard let modes = saved.withLockIfAvailable({ $0 }) ?? nil else { return }
      var state = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
      if poll(&state, 1, 0) == 1, state.revents & Int16(POLLOUT) != 0 { _ = write(leaving) }
      try? setModes(modes, TCSANOW)
    }

    private static let restoresAtExit: Void = { atexit { leave() } }()

    /// `_POSIX_VDISABLE`, which Swift doesn't import: no character.
    #if canImport(Darwin)
      private static let disabled: UInt8 = 0xFF
    #else
      private static let disabled: UInt8 = 0
    #endif

    /// Each key at once and unseen; Ctrl-C and Ctrl-Z stay signals, which a script around this program gets as well.
    private static func raw(_ modes: termios) -> termios {
      var modes = modes
      modes.c_iflag &= ~tcflag_t(IXON | ICRNL | INLCR | IGNCR | ISTRIP)
      modes.c_lflag &= ~tcflag_t(ICANON | ECHO | ECHONL | IEXTEN)
      modes.c_lflag |= tcflag_t(ISIG)
      withUnsafeMutableBytes(of: &modes.c_cc) { characters in
        characters[Int(VMIN)] = 1
        characters[Int(VTIME)] = 0
        // Ctrl-\ would end the process where it stands.
        characters[Int(VQUIT)] = disabled
      }
      return modes
    }

    /// - Parameter action: when, as `tcsetattr` has it.
    private static func setModes(_ modes: termios, _ action: Int32 = TCSADRAIN) throws {
      var modes = modes
      while tcsetattr(STDIN_FILENO, action, &modes) != 0 {
        guard errno == EINTR else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
      }
    }

    /// Whether the terminal belongs to this process now, and not to the shell or another job.
    static var isInForeground: Bool { tcgetpgrp(STDIN_FILENO) == getpgrp() }

    /// Stops the process, as the terminal would, while it is in the background.
    private static func awaitForeground() {
      // A process that nobody could let go on doesn't stop.
      if !isInForeground { stop(by: SIGTTOU) }
    }

    /// Stops the process, until it gets SIGCONT.
    ///
    /// The signal goes to this very thread, so that the process stands still before the call returns. It must not be handled at that
    /// time.
    static func stop(by number: Int32 = SIGTSTP) {
      var (signals, before) = (sigset_t(), sigset_t())
      sigemptyset(&signals)
      sigaddset(&signals, number)
      let handler = signal(number, SIG_DFL)
      pthread_sigmask(SIG_UNBLOCK, &signals, &before)
      raise(number)
      pthread_sigmask(SIG_SETMASK, &before, nil)
      signal(number, handler)
    }
  }
}
