package import NIOCore
import Synchronization

/// Tells work that the client of its connection has left: it closed the connection, or its own side of it.
///
/// Each connection has one from the start, so that none of its requests can begin too late to notice.
package final class DisconnectWatch: ChannelInboundHandler, Sendable {
  package typealias InboundIn = NIOAny
  /// Identifies a callback.
  package typealias ID = Int

  private struct State {
    var isGone = false
    var next: ID = 0
    var callbacks: [ID: @Sendable () -> Void] = [:]
  }

  private let state = Mutex(State())

  package init() {}

  /// Calls back once, when the client leaves; at once if it has left.
  package func watch(_ onGone: @escaping @Sendable () -> Void) -> ID {
    let (id, isGone) = state.withLock { state -> (ID, Bool) in
      state.next += 1
      if !state.isGone { state.callbacks[state.next] = onGone }
      return (state.next, state.isGone)
    }
    if isGone { onGone() }
    return id
  }

  /// Drops a callback.
  package func forget(_ id: ID) { state.withLock { _ = $0.callbacks.removeValue(forKey: id) } }

  package func channelInactive(context: ChannelHandlerContext) {
    leave()
    context.fireChannelInactive()
  }

  package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if let event = event as? ChannelEvent, event == .inputClosed { leave() }
    context.fireUserInboundEventTriggered(event)
  }

  private func leave() {
    let callbacks = state.withLock { state in
      state.isGone = true
      defer { state.callbacks = [:] }
      return Array(state.callbacks.values)
    }
    for callback in callbacks { callback() }
  }
}
