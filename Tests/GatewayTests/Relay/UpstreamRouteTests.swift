import AWSClient
import AWSServer
import AWSWire
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import Testing

@testable import Gateway

/// TLS and proxies.
struct UpstreamRouteTests {
  /// Serves TLS while `body` runs; it gets the server's port and a file with the authority's certificate.
  private func withTLS<Output: Sendable>(
    _ body: @escaping @Sendable (Int, String) async throws -> Output
  ) async throws -> Output {
    let authority = try TemporaryAuthority(name: "Test", hosts: ["localhost"], now: Date())
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).pem").path
    try Data(authority.certificate.utf8).write(to: URL(fileURLWithPath: file))
    defer { try? FileManager.default.removeItem(atPath: file) }
    let server = HTTPServer(
      host: "127.0.0.1", port: 0, tls: authority.identity, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) { head in
      .body { body, _ in
        ServerResponse(status: 200, headers: [("x-target", head.target)], body: body)
      }
    }
    return try await server.serve { url in try await body(URL(string: url)?.port ?? 0, file) }
  }

  @Test func TLSIsReused() async throws {
    try await withTLS { port, file in
      try await RelayTest.with(try NetworkSettings(environment: ["AWS_CA_BUNDLE": file])) { upstream, loop in
        for _ in 0..<3 {
          let reply = try await upstream.open(RelayTest.post("localhost:\(port)", scheme: "https"), on: loop)
          #expect(try await RelayTest.text(reply) == "{}")
        }
        #expect(await upstream.counts() == .init(open: 1, idle: 1))
      }
    }
  }

  @Test(arguments: [("localhost", false), ("127.0.0.1", true)])
  func whoIsNotTrustedGetsNothing(host: String, trusts: Bool) async throws {
    try await withTLS { port, file in
      let network = trusts ? try NetworkSettings(environment: ["AWS_CA_BUNDLE": file]) : .direct
      try await RelayTest.with(network) { upstream, loop in
        let error = await #expect(throws: AWSClientError.self) {
          _ = try await upstream.open(RelayTest.post("\(host):\(port)", scheme: "https"), on: loop)
        }
        #expect(error?.code == .configuration && error?.message.contains("certificate") == true)
        #expect(await upstream.counts() == .init())
      }
    }
  }

  @Test func plainHTTPIsNoTLS() async throws {
    try await MockUpstream.with(answer: { _ in [.close] }) { server in
      let authority = server.authority
      try await RelayTest.with { upstream, loop in
        let error = await #expect(throws: AWSClientError.self) {
          _ = try await upstream.open(RelayTest.post(authority, scheme: "https"), on: loop)
        }
        #expect(error?.code == .configuration || error?.delivery == .unsent)
      }
    }
  }

  @Test func aProxyConnects() async throws {
    try await withTLS { port, file in
      try await MockProxy.with { proxy in
        let network = try NetworkSettings(
          environment: ["AWS_CA_BUNDLE": file, "HTTPS_PROXY": "http://user:pass%20word@127.0.0.1:\(proxy.port)"])
        try await RelayTest.with(network) { upstream, loop in
          for _ in 0..<2 {
            let reply = try await upstream.open(RelayTest.post("localhost:\(port)", scheme: "https"), on: loop)
            #expect(try await RelayTest.text(reply) == "{}")
          }
        }
        #expect(proxy.heads.count == 1)
        #expect(proxy.heads.first?.uri == "localhost:\(port)" && proxy.heads.first?.method == .CONNECT)
        let expected = "Basic \(Data("user:pass word".utf8).base64EncodedString())"
        #expect(proxy.heads.first?.headers["proxy-authorization"] == [expected])
      }
    }
  }

  @Test(arguments: [
    (407, AWSClientError.Code.configuration, "user and password"), (403, .configuration, "doesn't allow"),
    (502, .transport, "can't reach"),
  ])
  func aProxyRefuses(status: Int, code: AWSClientError.Code, words: String) async throws {
    try await MockProxy.with(status: status) { proxy in
      let network = try NetworkSettings(environment: ["HTTPS_PROXY": "http://127.0.0.1:\(proxy.port)"])
      try await RelayTest.with(network) { upstream, loop in
        let error = await #expect(throws: AWSClientError.self) {
          _ = try await upstream.open(RelayTest.post("bedrock.invalid", scheme: "https"), on: loop)
        }
        #expect(error?.code == code && error?.message.contains(words) == true)
        #expect(await upstream.counts() == .init())
      }
    }
  }

  @Test(arguments: [true, false])
  func aSOCKSProxyConnects(isSecure: Bool) async throws {
    try await withTLS { port, file in
      try await MockUpstream.with(answer: { _ in [.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")] }) { plain in
        try await MockProxy.with(isSOCKS: true) { proxy in
          let variable = isSecure ? "HTTPS_PROXY" : "HTTP_PROXY"
          let network = try NetworkSettings(
            environment: ["AWS_CA_BUNDLE": file, variable: "socks5://127.0.0.1:\(proxy.port)"])
          let authority = "localhost:\(isSecure ? port : plain.port)"
          try await RelayTest.with(network) { upstream, loop in
            for _ in 0..<2 {
              let reply = try await upstream.open(RelayTest.post(authority, scheme: isSecure ? "https" : "http"), on: loop)
              let text = try await RelayTest.text(reply)
              #expect(text == "{}")
            }
          }
          #expect(proxy.heads.map(\.uri) == [authority])
        }
      }
    }
  }

  @Test func aProxyForwardsPlainHTTP() async throws {
    try await MockUpstream.with(answer: { _ in [.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")] }) { proxy in
      let network = try NetworkSettings(environment: ["HTTP_PROXY": "http://u:p@\(proxy.authority)"])
      try await RelayTest.with(network) { upstream, loop in
        let text = try await RelayTest.text(upstream.open(RelayTest.post("bedrock.invalid", target: "/a%2Fb"), on: loop))
        #expect(text == "ok")
      }
      let head = proxy.requests[0].head
      #expect(head.uri == "http://bedrock.invalid/a%2Fb" && head.headers["host"] == ["bedrock.invalid"])
      #expect(head.headers["proxy-authorization"] == ["Basic \(Data("u:p".utf8).base64EncodedString())"])
    }
  }

  @Test func aProxysOwnPageIsNoReply() async throws {
    let page = "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nno"
    try await MockUpstream.with(answer: { _ in [.send(page)] }) { proxy in
      let network = try NetworkSettings(environment: ["HTTP_PROXY": "http://\(proxy.authority)"])
      try await RelayTest.with(network) { upstream, loop in
        let error = await #expect(throws: AWSClientError.self) {
          _ = try await upstream.open(RelayTest.post("bedrock.invalid"), on: loop)
        }
        #expect(error?.code == .configuration && error?.message.contains("user and password") == true)
      }
    }
  }
}
