import FleetStore

/// Asks sentinels which server is the main one, and connects to it.
struct SentinelLookup: Sendable {
  private let sentinels: [RESPEndpoint]
  /// The name that the sentinels know the servers by.
  private let name: String
  /// For the servers.
  private let connector: RESPConnector
  /// For the sentinels: they have no databases, and a password of their own or none, but never the servers'.
  private let asking: RESPConnector

  /// - Parameter name: the name that the sentinels know the servers by.
  init(_ address: RESPAddress, name: String, connector: RESPConnector) {
    sentinels = address.endpoints
    self.name = name
    self.connector = connector
    let login = RESPConnector.Login(user: address.sentinelUser, password: address.sentinelPassword)
    asking = RESPConnector(loop: connector.loop, tls: connector.tls, login: login, timeout: connector.timeout)
  }

  /// - Throws: `FleetStoreError` (`unavailable`) if no sentinel knows a server that says it is the main one.
  func connect() async throws(FleetStoreError) -> RESPConnection {
    var failure = FleetStoreError(
      .unavailable, "No sentinel knows the servers of this name; look at the name after the last slash of the store's address.")
    for sentinel in sentinels {
      do throws(FleetStoreError) {
        guard let endpoint = try await main(asking: sentinel) else { continue }
        let connection = try await connector.connect(to: endpoint)
        if try await isMain(connection) { return connection }
        connection.close()
        failure = FleetStoreError(
          .unavailable, "The sentinels still name a server that is a replica; they follow a failover within seconds.")
      } catch {
        failure = error
      }
    }
    throw failure
  }

  private func main(asking sentinel: RESPEndpoint) async throws(FleetStoreError) -> RESPEndpoint? {
    let connection: RESPConnection
    do throws(FleetStoreError) {
      connection = try await asking.connect(to: sentinel)
    } catch {
      throw error.code == .credentials ? FleetStoreError.sentinelLogin : error
    }
    defer { connection.close() }
    let reply = try await connection.send(["SENTINEL", "GET-MASTER-ADDR-BY-NAME", name], timeout: connector.timeout)
    if case .error(let text) = reply {
      let reply = RESPErrorReply(text)
      if case .credentials = reply { throw .sentinelLogin }
      throw .reply(reply)
    }
    guard let parts = reply.elements, parts.count == 2, let host = parts[0].string,
      let port = parts[1].string.flatMap({ Int($0) }),
      1...65_535 ~= port
    else { return nil }
    return RESPEndpoint(host: host, port: port)
  }

  /// A sentinel may be late to see a failover. A user that may not ask is believed to be at the right server; `READONLY` tells.
  private func isMain(_ connection: RESPConnection) async throws(FleetStoreError) -> Bool {
    let reply = try await connection.send(["ROLE"], timeout: connector.timeout)
    return reply.elements?.first?.string != "slave"
  }
}

extension FleetStoreError {
  fileprivate static let sentinelLogin = FleetStoreError(
    .credentials,
    """
    The sentinels of the fleet's store did not take the login; correct sentinel_password, and sentinel_username if they have users, \
    in the variable or file that holds its address. The password before the hosts is the servers'.
    """)
}
