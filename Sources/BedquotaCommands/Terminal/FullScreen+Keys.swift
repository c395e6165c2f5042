import Foundation
import Reports

extension FullScreen {
  /// Reads what the user types, on a thread of its own, because a read waits.
  enum Keys {
    /// Reads until the task is cancelled, or the terminal is gone.
    static func read(into inbox: Inbox) async {
      var ends: [Int32] = [-1, -1]
      guard pipe(&ends) == 0 else { return inbox.put { $0.signal = .hangUp } }
      let (wake, cancel) = (ends[0], ends[1])
      await withTaskCancellationHandler {
        await withCheckedContinuation { continuation in
          Thread {
            loop(wake, inbox)
            continuation.resume()
          }.start()
        }
      } onCancel: {
        _ = Foundation.write(cancel, [0], 1)
      }
      close(wake)
      close(cancel)
    }

    /// - Parameter wake: a descriptor that can be read when the reading shall end.
    private static func loop(_ wake: Int32, _ inbox: Inbox) {
      var keys = TerminalKeys()
      var bytes = [UInt8](repeating: 0, count: 1_024)
      let patience = Int32(TerminalKeys.patience / .milliseconds(1))
      while true {
        var states = [STDIN_FILENO, wake].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let count = poll(&states, 2, keys.isWaiting ? patience : -1)
        if count < 0, errno != EINTR { return inbox.put { $0.signal = .hangUp } }
        if states[1].revents != 0 { return }
        if count == 0 { inbox.put(keys.waited()) }
        guard count > 0, states[0].revents != 0 else { continue }
        let length = Foundation.read(STDIN_FILENO, &bytes, bytes.count)
        if length > 0 {
          inbox.put(keys.read(bytes[..<length]))
        } else if length < 0, errno == EINTR || errno == EAGAIN {
          continue
        } else if length < 0, !Device.isInForeground {
          // What is typed now is the shell's.
          usleep(100_000)
        } else {
          return inbox.put { $0.signal = .hangUp }
        }
      }
    }
  }
}
