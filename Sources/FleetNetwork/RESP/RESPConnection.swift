import FleetStore
import NIOCore

/// One connection to a server.
struct RESPConnection: Sendable {
  /// The server at the other end.
  let endpoint: RESPEndpoint
  private let channel: any Channel
  private let handler: NIOLoopBound<RESPHandler>
  private let connectionEnd: RESPHandler.End

  /// - Parameter handler: the last handler of the channel, on whose loop this must run.
  init(_ channel: any Channel, _ handler: RESPHandler, to endpoint: RESPEndpoint) {
    self.endpoint = endpoint
    self.channel = channel
    self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
    connectionEnd = handler.connectionEnd
  }

  var isActive: Bool { !connectionEnd.hasCome && channel.isActive }
  /// Succeeds when the connection has ended.
  var end: EventLoopFuture<Void> { channel.closeFuture }

  func isSame(as other: RESPConnection) -> Bool { channel === other.channel }

  /// Sends commands without any other command between them.
  /// - Returns: a reply for each, which may be an error reply.
  func send(_ commands: [RESPCommand], timeout: Duration) async throws(FleetStoreError) -> [RESPValue] {
    let handler = handler
    let timeout = TimeAmount(timeout)
    let loop = channel.eventLoop
    let replies: EventLoopFuture<[RESPValue]> = loop.flatSubmit {
      EventLoopFuture.whenAllSucceed(handler.value.send(commands, timeout: timeout), on: loop)
    }
    return try await replies.value()
  }

  func send(_ words: [String], timeout: Duration) async throws(FleetStoreError) -> RESPValue {
    try await send([RESPCommand(words)], timeout: timeout)[0]
  }

  func close() {
    let handler = handler
    channel.eventLoop.execute { handler.value.end(.connectionLost) }
  }
}

extension EventLoopFuture where Value: Sendable {
  /// The value, or its failure in words.
  func value() async throws(FleetStoreError) -> Value {
    do {
      return try await get()
    } catch {
      throw .connection(error)
    }
  }
}

extension TimeAmount {
  /// At most an hour, at least a millisecond.
  init(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    guard seconds < 3_600 else {
      self = .hours(1)
      return
    }
    self = .nanoseconds(max(1_000_000, seconds * 1_000_000_000 + attoseconds / 1_000_000_000))
  }
}
