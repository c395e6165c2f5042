import FleetStore
import Logging
import NIOCore
import Synchronization

/// Sends commands to a server, to the main server that sentinels name, or to the node of a cluster that has the key.
final class RESPClient: Sendable {
  /// Times that a command follows a cluster's directions.
  private static let redirectionsMax = 5
  /// Keys and nodes that are remembered.
  private static let routesMax = 4_096
  private static let nodesMax = 256

  private struct Routes {
    var endpoints: [String: RESPEndpoint] = [:]
    var nodes: [RESPEndpoint: RESPNode] = [:]
    var isClosed = false
  }

  private let routes = Mutex(Routes())
  private let connector: RESPConnector
  private let logger: Logger
  /// The server of the address, whatever the cluster says.
  private let seed: RESPNode

  init(_ address: RESPAddress, connector: RESPConnector, logger: Logger) {
    self.connector = connector
    self.logger = logger
    let seeds = ClusterSeeds(address.endpoints, connector: connector)
    seed = RESPNode(loop: connector.loop, logger: logger) { () async throws(FleetStoreError) in
      if let name = address.sentinelName {
        return try await SentinelLookup(address, name: name, connector: connector).connect()
      }
      guard address.endpoints.count == 1 else { return try await seeds.connect() }
      return try await connector.connect(to: address.endpoints[0])
    }
    // A cluster's node may direct to itself; that needs no second connection. Of several, nobody knows yet which the seed is.
    if address.sentinelName == nil, address.endpoints.count == 1 {
      routes.withLock { $0.nodes[address.endpoints[0]] = seed }
    }
  }

  /// Sends a command and follows a cluster's directions.
  /// - Parameters:
  ///   - key: one of the command's keys.
  ///   - timeout: for all of it.
  /// - Returns: the reply, which may be an error reply that neither directs elsewhere nor says that the server can't now.
  func send(_ words: [String], key: String, timeout: Duration) async throws(FleetStoreError) -> RESPValue {
    let command = RESPCommand(words)
    let end = ContinuousClock.now + timeout
    var node = route(of: key)
    var prefix: [RESPCommand] = []
    for _ in 0...Self.redirectionsMax {
      let left = end - ContinuousClock.now
      guard left > .zero else { throw .noAnswer }
      let reply: RESPValue
      let connection: RESPConnection
      do throws(FleetStoreError) {
        let sent = try await node.send(prefix + [command], timeout: left)
        (reply, connection) = (sent.replies[prefix.count], sent.from)
      } catch {
        forget(key)
        throw error
      }
      guard case .error(let text) = reply else {
        node.hasServed()
        return reply
      }
      switch RESPErrorReply(text) {
      case .moved(let host, let port):
        node = try remember(key, Self.endpoint(host, port, named: connection))
        prefix = []
      case .ask(let host, let port):
        node = try remember(nil, Self.endpoint(host, port, named: connection))
        prefix = [RESPCommand(["ASKING"])]
      case .lost(let line):
        node.end(connection)
        forget(key)
        throw .reply(.lost(line))
      default: return reply
      }
    }
    forget(key)
    throw .reply(.moved(host: "", port: 0))
  }

  deinit { close() }

  private func route(of key: String) -> RESPNode {
    routes.withLock { routes in routes.endpoints[key].flatMap { routes.nodes[$0] } ?? seed }
  }

  /// Where a server directs to.
  /// - Parameters:
  ///   - host: empty for the host of the server itself.
  ///   - connection: to the server.
  private static func endpoint(_ host: String, _ port: Int, named connection: RESPConnection) -> RESPEndpoint {
    RESPEndpoint(host: host.isEmpty ? connection.endpoint.host : host, port: port)
  }

  /// Finds the node of an endpoint.
  /// - Parameter key: the key that the node has from now on, if any.
  private func remember(_ key: String?, _ endpoint: RESPEndpoint) throws(FleetStoreError) -> RESPNode {
    try routes.withLock { routes throws(FleetStoreError) in
      guard !routes.isClosed else { throw .closed }
      if let key, routes.endpoints.count < Self.routesMax || routes.endpoints[key] != nil { routes.endpoints[key] = endpoint }
      if let node = routes.nodes[endpoint] { return node }
      guard routes.nodes.count < Self.nodesMax else { throw .reply(.moved(host: "", port: 0)) }
      let connector = connector
      let node = RESPNode(loop: connector.loop, logger: logger) { () async throws(FleetStoreError) in
        try await connector.connect(to: endpoint)
      }
      routes.nodes[endpoint] = node
      return node
    }
  }

  private func forget(_ key: String) {
    routes.withLock { _ = $0.endpoints.removeValue(forKey: key) }
  }

  func close() {
    seed.close()
    let nodes = routes.withLock { routes in
      routes.isClosed = true
      return Array(routes.nodes.values)
    }
    for node in nodes { node.close() }
  }
}
