import FleetStore
import Logging
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
    /// Makes a password for each login instead; nil for one that stays.
    var tokens: IAMTokens?
    var database = 0

    /// The password of a login that follows at once; nil if there is none.
    func currentPassword() async throws(FleetStoreError) -> Secret? {
      guard let tokens else { return password }
      return try await tokens.make()
    }

    func words(_ password: Secret) -> [String] { ["AUTH"] + (user.map { [$0] } ?? []) + [password.value] }

    /// What to say of a server that doesn't take the login.
    var refusal: FleetStoreError { tokens?.refusal ?? .reply(.credentials("")) }
  }

  let loop: any EventLoop
  /// Nil for connections without TLS.
  let tls: NIOSSLContext?
  let login: Login
  /// For the connection with TLS and greeting, and for a server that sends nothing while commands wait.
  let timeout: Duration
  /// How long a connection stays logged in by IAM before it logs in again; AWS gives it 12 hours.
  var renewal = Duration.seconds(11 * 3_600)
  var logger = Logger(label: "bedquota.fleet", factory: { _ in SwiftLogNoOpLogHandler() })

  /// - Throws: `FleetStoreError` (`unavailable`, `credentials`, `configuration`).
  func connect(to endpoint: RESPEndpoint) async throws(FleetStoreError) -> RESPConnection {
    // Before the connection: it may take a while, and a server hangs up on those who don't log in.
    let password = try await login.currentPassword()
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
      RESPConnection(channel, try channel.pipeline.syncOperations.handler(type: RESPHandler.self), to: endpoint)
    }.value()
    do throws(FleetStoreError) {
      try await greet(connection, password)
      if login.tokens != nil { renewLogins(on: connection) }
      return connection
    } catch {
      connection.close()
      throw error
    }
  }

  /// Greets in RESP3, and in RESP2 where a server or proxy doesn't know the greeting.
  private func greet(_ connection: RESPConnection, _ password: Secret?) async throws(FleetStoreError) {
    var hello = ["HELLO", "3"]
    if let password { hello += ["AUTH", login.user ?? "default", password.value] }
    if case .error(let text) = try await connection.send(hello, timeout: timeout) {
      let reply = RESPErrorReply(text)
      if case .credentials = reply { throw login.refusal }
      if case .lost = reply { throw .reply(reply) }
      if let password { try await expectOK(connection, login.words(password)) }
    }
    if login.database != 0 { try await expectOK(connection, ["SELECT", "\(login.database)"]) }
  }

  func expectOK(_ connection: RESPConnection, _ words: [String]) async throws(FleetStoreError) {
    guard case .error(let text) = try await connection.send(words, timeout: timeout) else { return }
    let reply = RESPErrorReply(text)
    if case .lost = reply { throw .reply(reply) }
    if words[0] == "AUTH" { throw login.refusal }
    throw FleetStoreError(
      .configuration,
      "The fleet's store has no database \(login.database) for this user; correct the number in its address (a cluster has only 0)."
    )
  }
}
