import Dispatch
import Foundation

extension FullScreen {
  /// Ctrl-Z and `kill -TSTP`, which UnixSignals doesn't know. The signal does what it always did once this is gone.
  final class StopRequests {
    private let inbox: Inbox
    private var source: any DispatchSourceSignal

    init(_ inbox: Inbox) {
      self.inbox = inbox
      source = Self.source(inbox)
    }

    /// Does `work`, during which the signal is not handled.
    func pause(_ work: () -> Void) {
      source.cancel()
      work()
      source = Self.source(inbox)
    }

    private static func source(_ inbox: Inbox) -> any DispatchSourceSignal {
      #if canImport(Darwin)
        // Dispatch sees the signal all the same.
        signal(SIGTSTP, SIG_IGN)
      #endif
      let source = DispatchSource.makeSignalSource(signal: SIGTSTP, queue: .global())
      source.setEventHandler { inbox.put { $0.shallStop = true } }
      source.resume()
      return source
    }

    deinit {
      source.cancel()
      #if canImport(Darwin)
        signal(SIGTSTP, SIG_DFL)
      #endif
    }
  }
}
