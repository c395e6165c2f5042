import FleetStore
import Logging
import NIOPosix

@testable import FleetNetwork

/// An administrator's connection to a server, for what a store never does itself.
struct AdminConnection {
  private let client: RESPClient

  init(_ server: ServerProcess) {
    let connector = RESPConnector(
      loop: MultiThreadedEventLoopGroup.singleton.next(), tls: nil, login: RESPConnector.Login(), timeout: .ample)
    client = RESPClient(
      RESPAddress(endpoints: [RESPEndpoint(host: "127.0.0.1", port: server.port)]), connector: connector,
      logger: Logger(label: "test"))
  }

  /// Waits for the server if need be. Error replies are returned.
  @discardableResult
  func run(_ words: String...) async throws -> RESPValue { try await run(words) }

  @discardableResult
  func run(_ words: [String]) async throws -> RESPValue {
    try await ServerProcess.until { () async throws(FleetStoreError) in
      try await client.send(words, key: "", timeout: .ample)
    }
  }

  /// Everything that a scope has, as the server dumps it.
  func dump(_ keys: FleetKeys) async throws -> [RESPValue] {
    var values: [RESPValue] = []
    for key in keys.all { values.append(try await run("DUMP", key)) }
    return values
  }

  func close() { client.close() }
}
