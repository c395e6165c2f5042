import AWSServer
import Foundation
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Testing

struct HTTPServerTests {
  private func server(host: String = "127.0.0.1", port: Int = 0) -> HTTPServer {
    HTTPServer(
      host: host, port: port, bodyBytesMax: 1_000, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) { _ in .json(Data("{}".utf8)) }
  }

  private static func connect(_ url: String) -> EventLoopFuture<any Channel> {
    ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(
      host: "127.0.0.1", port: URL(string: url)?.port ?? 0)
  }

  /// NIO traps if a connection that was accepted is dropped before somebody finished it; see `WaitingConnections`.
  @Test func stoppingWhileClientsConnectIsSafe() async throws {
    for _ in 0..<60 {
      let connections = try await server().serve { url in
        // The kernel completes connections before the server accepts them, so many are in between when it stops.
        let pending = (0..<64).map { _ in Self.connect(url) }
        _ = try await pending[0].get()
        return pending
      }
      for connection in connections { try? await connection.get().close() }
    }
  }

  @Test func aStoppedServerAcceptsNoConnections() async throws {
    let url = try await server().serve { $0 }
    await #expect(throws: (any Error).self) { try await Self.connect(url).get() }
  }

  @Test func errorsOfTheBodyComeThrough() async {
    struct Failure: Error {}
    await #expect(throws: Failure.self) { try await server().serve { _ in throw Failure() } }
  }

  @Test func aPortThatIsTakenIsNamed() async throws {
    try await server().serve { url in
      let port = try #require(URL(string: url)?.port)
      let error = try await #require(throws: HTTPServerError.self) { try await server(port: port).serve { _ in } }
      #expect(error.message.contains("127.0.0.1:\(port)") && error.parameters == ["port", "host"])
    }
  }

  @Test func aHostThatDoesNotExistIsNamed() async throws {
    let error = try await #require(throws: HTTPServerError.self) { try await server(host: "no.such.host.invalid").serve { _ in } }
    #expect(error.message.contains("no.such.host.invalid") && error.parameters.contains("host"))
  }
}
