import HummingbirdCore
import Logging
import NIOCore

/// Hummingbird's HTTP/1.1 connections, each owned by ``WaitingConnections`` until the server takes it, with a
/// ``DisconnectWatch``.
struct OwnedHTTPChannel: ServerChildChannel {
  let base: HTTP1Channel
  let waiting: WaitingConnections

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
    base.setup(channel: channel, logger: logger).flatMapThrowing { [waiting] connection in
      do {
        try channel.pipeline.syncOperations.addHandler(DisconnectWatch(), position: .first)
        try waiting.add(connection)
      } catch {
        channel.close(promise: nil)
        throw error
      }
      return connection
    }
  }

  func handle(value: HTTP1Channel.Value, logger: Logger) async {
    waiting.remove(value)
    await base.handle(value: value, logger: logger)
  }
}
