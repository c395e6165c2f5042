import NIOCore

/// Gives up whatever keeps the server waiting for longer than ``ConnectionPatience`` allows: a connection, or one of its streams.
///
/// A connection has one timer. It fires every few seconds and then looks at all deadlines, so that no request needs a timer of its
/// own.
final class ConnectionDeadlines {
  /// Something that waits for the client.
  protocol Waiting: AnyObject {
    /// When it is given up if nothing happens until then; nil while it doesn't wait for the client.
    var deadline: NIODeadline? { get }
    func giveUp()
  }

  /// The longest time between two looks at the deadlines.
  private static let tick = TimeAmount.seconds(5)

  private let loop: any EventLoop
  private var waiting: [ObjectIdentifier: any Waiting] = [:]
  private var timer: Scheduled<Void>?

  init(on loop: any EventLoop) { self.loop = loop }

  func add(_ one: any Waiting) {
    waiting[ObjectIdentifier(one)] = one
    schedule()
  }

  func remove(_ one: any Waiting) {
    waiting[ObjectIdentifier(one)] = nil
    guard waiting.isEmpty else { return }
    timer?.cancel()
    timer = nil
  }

  private func schedule() {
    guard timer == nil, !waiting.isEmpty else { return }
    let now = NIODeadline.now()
    let next = waiting.values.lazy.compactMap(\.deadline).min() ?? .distantFuture
    timer = loop.assumeIsolated().scheduleTask(deadline: max(min(next, now + Self.tick), now + .milliseconds(10))) { [self] in
      timer = nil
      let now = NIODeadline.now()
      // A copy, because what is given up removes itself.
      for one in Array(waiting.values) where one.deadline.map({ $0 <= now }) ?? false { one.giveUp() }
      schedule()
    }
  }
}

@available(*, unavailable)
extension ConnectionDeadlines: Sendable {}
