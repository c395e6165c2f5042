import AsyncHTTPClient
import Foundation
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1

/// The least that a relay on Hummingbird and async-http-client can do: it reads the body, sends it on and passes the reply back.
///
/// usage: plain-relay UPSTREAM
@main
struct PlainRelay {
  static func main() async throws {
    guard CommandLine.arguments.count == 2 else {
      FileHandle.standardError.write(Data("usage: plain-relay UPSTREAM\n".utf8))
      exit(64)
    }
    let upstream = CommandLine.arguments[1]
    var configuration = HTTPClient.Configuration()
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 4_096
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    let responder = CallbackResponder<BasicRequestContext> { request, _ in
      let body = try await request.body.collect(upTo: 25 * 1_024 * 1_024)
      var outgoing = HTTPClientRequest(url: upstream + request.uri.description)
      outgoing.method = .POST
      outgoing.headers = ["Content-Type": request.headers[.contentType] ?? "application/json"]
      outgoing.body = .bytes(body)
      let reply = try await client.execute(outgoing, timeout: .seconds(60))
      let type = reply.headers.first(name: "Content-Type") ?? "application/json"
      return Response(
        status: .init(code: Int(reply.status.code)), headers: [.contentType: type], body: ResponseBody(asyncSequence: reply.body))
    }
    let application = Application(
      responder: responder, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
      onServerRunning: { channel in
        // Written at once: print buffers its lines if stdout is a pipe.
        FileHandle.standardOutput.write(Data("http://127.0.0.1:\(channel.localAddress?.port ?? 0)\n".utf8))
      }, logger: Logger(label: "plain-relay") { _ in SwiftLogNoOpLogHandler() })
    try await application.runService()
  }
}
