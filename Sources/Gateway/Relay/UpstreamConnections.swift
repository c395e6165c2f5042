package import AWSClient
package import NIOCore

/// The connections to AWS: HTTP/1.1 over TLS, kept open between requests.
///
/// A request uses a connection of the event loop that it is on, so no lock and no other thread is in its way. Each loop has a pool of
/// its own.
package final class UpstreamConnections: Upstream {
  /// How many connections there are.
  package struct Counts: Sendable, Equatable {
    /// Those that are being made or are open, idle ones among them.
    package var open = 0
    package var idle = 0
  }

  private let pools: [ObjectIdentifier: NIOLoopBoundBox<UpstreamPool>]
  private let loops: [any EventLoop]
  private let errors: ConnectionErrors

  /// - Parameters:
  ///   - network: proxies, trusted certificates, and the limit for making a connection.
  ///   - connectionsMax: to all hosts together.
  ///   - group: the event loops that requests come on.
  /// - Throws: ``AWSClientError`` (`configuration`) if the certificates to trust are damaged.
  package init(
    network: NetworkSettings, connectionsMax: Int = FileLimit.connections(ends: 2), on group: any EventLoopGroup
  ) throws {
    let connector = try UpstreamConnector(network)
    let loops = Array(group.makeIterator())
    self.loops = loops
    pools = Dictionary(
      uniqueKeysWithValues: loops.map { loop in
        let pool = UpstreamPool(on: loop, connector: connector, connectionsMax: max(1, connectionsMax / loops.count))
        return (ObjectIdentifier(loop), NIOLoopBoundBox.makeBoxSendingValue(pool, eventLoop: loop))
      })
    errors = ConnectionErrors(network)
  }

  package func open(_ request: UpstreamRequest, silence: Duration, on loop: any EventLoop) async throws -> any UpstreamReply {
    guard let pool = pools[ObjectIdentifier(loop)]?.value else { preconditionFailure("an event loop of another group") }
    try request.check()
    let host = try pool.host(scheme: request.scheme, authority: request.authority)
    var takesIdle = true
    while true {
      let exchange = UpstreamExchange(request, to: host, silence: silence, in: pool)
      do {
        let head = try await exchange.start(takesIdle: takesIdle)
        try head.refuseProxysReply(of: host.destination)
        return ConnectedReply(head, exchange, errors: errors, on: loop)
      } catch {
        exchange.cancel()
        // An idle connection may have ended without our having seen it. What the system didn't take, nobody can have received.
        if takesIdle, exchange.usedIdleConnection, !exchange.isSentWhole, exchange.isBroken, !Task.isCancelled {
          takesIdle = false
          continue
        }
        throw await exchange.explained(error, by: errors)
      }
    }
  }

  /// Closes all connections, and takes no more requests.
  package func close() async {
    for loop in loops {
      guard let pool = pools[ObjectIdentifier(loop)] else { continue }
      try? await loop.flatSubmit { pool.value.close() }.get()
    }
  }

  /// The connections of all event loops.
  package func counts() async -> Counts {
    var sum = Counts()
    for loop in loops {
      guard let pool = pools[ObjectIdentifier(loop)], let counts = try? await loop.submit({ pool.value.counts }).get() else {
        continue
      }
      sum.open += counts.open
      sum.idle += counts.idle
    }
    return sum
  }
}
