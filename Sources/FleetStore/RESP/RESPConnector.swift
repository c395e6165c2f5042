import NIOCore
import NIOPosix
import NIOSSL

/// Opens connections: TCP, TLS, then the greeting.
struct RESPConnector: Sendable {
  /// Who the client is to the server.
  struct Login: Sendable {
    /// Nil for the server's default user.
    var user: String?
    var password: Secret?
    var database = 0
  }

  let loop: any EventLoop
  /// Nil for connections without TLS.
  let tls: NIOSSLContext?
  let login: Login
  /// For the connection with TLS and greeting, and for a server that sends nothing while commands wait.
  let timeout: Duration

  /// - Throws: ``FleetStoreError`` (`unavailable`, `credentials`, `configuration`).
  func connect(to endpoint: RESPEndpoint) async throws(FleetStoreError) -> RESPConnection {
    let limit = TimeAmount(timeout)
    let (tls, host) = (tls, endpoint.host)
    let bootstrap = ClientBootstrap(group: loop).connectTimeout(limit)
      .channelOption(.socketOption(.tcp_nodelay), value: 1).channelOption(.socketOption(.so_keepalive), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let tls {
            // An address has no name to ask for; its certificate is checked for the address.
            let name = (try? SocketAddress(ipAddress: host, port: 0)) == nil ? host : nil
            try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: tls, serverHostname: name))
          }
          try channel.pipeline.syncOperations.addHandler(RESPHandler(loop: channel.eventLoop, silenceMax: limit))
        }
      }
    let connection = try await bootstrap.connect(host: host, port: endpoint.port).flatMapThrowing { channel in
      RESPConnection(channel, try channel.pipeline.syncOperations.handler(type: RESPHandler.self))
    }.value()
    do throws(FleetStoreError) {
      try await greet(connection)
      return connection
    } catch {
      connection.close()
      throw error
    }
  }

  /// Greets in RESP3, and in RESP2 where a server or proxy doesn't know the greeting.
  private func greet(_ connection: RESPConnection) async throws(FleetStoreError) {
    var hello = ["HELLO", "3"]
    if let password = login.password { hello += ["AUTH", login.user ?? "default", password.value] }
    if case .error(let text) = try await connection.send(hello, timeout: timeout) {
      let reply = RESPErrorReply(text)
      if case .credentials = reply { throw .reply(reply) }
      if case .lost = reply { throw .reply(reply) }
      if let password = login.password {
        let words = ["AUTH"] + (login.user.map { [$0] } ?? []) + [password.value]
        try await expectOK(connection, words)
      }
    }
    if login.database != 0 { try await expectOK(connection, ["SELECT", "\(login.database)"]) }
  }

  private func expectOK(_ connection: RESPConnection, _ words: [String]) async throws(FleetStoreError) {
    guard case .error(let text) = try await connection.send(words, timeout: timeout) else { return }
    let reply = RESPErrorReply(text)
    if case .lost = reply { throw .reply(reply) }
    if words[0] == "AUTH" { throw .reply(.credentials("")) }
    throw FleetStoreError(
      .configuration,
      "The fleet's store has no database \(login.database) for this user; correct the number in its address (a cluster has only 0)."
    )
  }
}
