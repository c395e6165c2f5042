import AWSClient
import AWSServer
import Bedquota
import Foundation
import NIOCore
import TestSupport
import Testing

@testable import Gateway

/// What is decided before anything is sent to AWS.
struct GatewayIntakeTests {
  private struct NoUpstream: Upstream {
    func open(_ request: UpstreamRequest, silence: Duration, on loop: any EventLoop) async throws -> any UpstreamReply {
      throw AWSClientError(.transport, "Nothing is sent in this test.")
    }
  }

  /// Without an event loop nothing can be sent. The server always tells it, so that is a fault of ours: the caller gets an error in the
  /// form of its API, and the operator a line without what the caller sent.
  @Test(arguments: [
    ("/model/us.amazon.nova-pro-v1:0/converse", #""message":"The gateway failed"#),
    ("/v1/messages", #""type":"api_error""#), ("/model/us.amazon.nova-pro-v1:0/count-tokens", #""message":"The gateway failed"#),
  ])
  func aRequestWithoutEventLoopFailsAloud(path: String, expected: String) async throws {
    let log = CollectedLog()
    try await BedquotaSession.with(try TestEmulator.configuration(url: "http://127.0.0.1:9")) { session in
      let server = GatewayServer(GatewayConfiguration(), session: session, logger: log.logger)
      let core = try server.core(NoUpstream(), AccessLog(.off), StateLog(log.logger))
      let head = ServerRequest(
        method: "POST", target: path, headers: [("host", "127.0.0.1:4000"), ("authorization", "Bearer alice")], body: Data())
      guard case .boundedBody(_, let answer) = GatewayIntake(gateway: core).open(head) else {
        Issue.record("no body is asked for")
        return
      }
      let reply = await answer(Data(#"{"model":"us.anthropic.claude-opus-4-7","secret":"prompt"}"#.utf8), .certain)
      #expect(reply.status == 500 && String(decoding: reply.body, as: UTF8.self).contains(expected))
      #expect(reply.headers.contains { $0.name == "x-amzn-RequestId" })
    }
    #expect(log.lines.count == 1)
    #expect(log.lines.first?.hasSuffix("error=NoEventLoop") == true)
  }
}
