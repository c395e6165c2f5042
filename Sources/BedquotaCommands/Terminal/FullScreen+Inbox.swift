import Reports
import Synchronization

extension FullScreen {
  /// What has happened since the screen was drawn last: keys, figures and signals come from tasks of their own.
  final class Inbox: Sendable {
    struct Content {
      var keys: [TerminalKey] = []
      var answer: Result<LiveStatus, LiveProblem>?
      /// Whether the process was stopped, and goes on.
      var goesOn = false
      /// Whether the process shall stop.
      var shallStop = false
      /// What asked the process to end.
      var signal: Interruption.Signal?
    }

    /// More are dropped: nobody types that fast, and a text that was pasted is no command.
    private static let keysMax = 1_000

    private let content = Mutex(Content())
    private let paused = Atomic(false)
    /// An element for each time that there is something new; one is enough for all that came since.
    let news: AsyncStream<Void>
    private let tell: AsyncStream<Void>.Continuation

    init() { (news, tell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    /// Whether no figures are wanted.
    var isPaused: Bool {
      get { paused.load(ordering: .relaxed) }
      set { paused.store(newValue, ordering: .relaxed) }
    }

    /// Draws the screen again, because of the time or of a new size.
    func wake() { tell.yield() }

    func put(_ change: (inout Content) -> Void) {
      content.withLock { change(&$0) }
      wake()
    }

    func put(_ keys: [TerminalKey]) {
      put { $0.keys += keys.prefix(max(Self.keysMax - $0.keys.count, 0)) }
    }

    func take() -> Content {
      content.withLock { content in
        defer { content = Content() }
        return content
      }
    }
  }
}
