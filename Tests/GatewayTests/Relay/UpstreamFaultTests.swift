import AWSClient
import AWSWire
import Bedquota
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import Testing

@testable import Gateway

/// Servers that fail, and callers that leave.
struct UpstreamFaultTests {
  private func failure(
    _ steps: [MockUpstream.Step], silence: Duration = .seconds(60), readsBody: Bool = false
  ) async throws -> AWSClientError? {
    try await MockUpstream.with(answer: { _ in steps }) { server in
      let authority = server.authority
      let error = try await RelayTest.with { upstream, loop in
        do {
          let reply = try await upstream.open(RelayTest.post(authority), silence: silence, on: loop)
          #expect(readsBody)
          _ = try await RelayTest.body(reply)
        } catch let error as AWSClientError {
          #expect(await upstream.counts() == .init(open: 0, idle: 0) || error.code == .timeout || error.code == .response)
          return error as AWSClientError?
        }
        return nil
      }
      try await server.whenOpen { $0 == 0 }
      #expect(server.accepted == 1)
      return error
    }
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nok",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nok", "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok",
    "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok", "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok",
    "HTTP/1.1 200 OK\r\n Content-Length: 2\r\n\r\nok", "HTTP/1.1 200 OK\r\nX: a\u{0}b\r\nContent-Length: 2\r\n\r\nok",
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    "HTTP/1.1 000 Nothing\r\nContent-Length: 0\r\n\r\n",
    "HTTP/2.0 200 OK\r\n\r\n", "garbage that is no HTTP\r\n\r\n",
    "HTTP/1.1 200 OK\r\n" + String(repeating: "x: \(String(repeating: "y", count: 1_000))\r\n", count: 90)
      + "Content-Length: 0\r\n\r\n",
  ])
  func repliesThatTwoReadersMayReadInTwoWaysAreRefused(reply: String) async throws {
    let error = try await failure([.send(reply)])
    #expect(error?.code == .response && error?.message.contains("sent a reply") == true)
  }

  @Test func aBrokenChunkEndsTheBody() async throws {
    let error = try await failure(
      [.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nzz\r\n")], readsBody: true)
    #expect(error?.code == .response)
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n",
  ])
  func aBodyThatIsCutIsAnError(reply: String) async throws {
    let error = try await failure([.send(reply), .close], readsBody: true)
    #expect(error?.code == .transport && error?.delivery == .sent)
  }

  @Test func aConnectionThatClosesWithoutAReplyMayHaveBeenPaid() async throws {
    let error = try await failure([.close])
    #expect(error?.code == .transport && error?.delivery == .sent)
  }

  @Test func silenceBeforeTheHeadEndsTheWait() async throws {
    let error = try await failure([], silence: .milliseconds(50))
    #expect(error?.code == .timeout && error?.delivery == .sent)
    #expect(error?.parameters == ["timeout"])
  }

  @Test func informationalRepliesAreSilence() async throws {
    let error = try await failure([.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nX: ")], silence: .milliseconds(50))
    #expect(error?.code == .timeout)
  }

  @Test func silenceInTheBodyEndsTheWait() async throws {
    let error = try await failure(
      [.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok")], silence: .milliseconds(50), readsBody: true)
    #expect(error?.code == .timeout)
  }

  @Test func nothingListensThere() async throws {
    let port = try await MockUpstream.with(answer: { _ in [] }) { $0.port }
    try await RelayTest.with { upstream, loop in
      let error = await #expect(throws: AWSClientError.self) {
        _ = try await upstream.open(RelayTest.post("127.0.0.1:\(port)"), on: loop)
      }
      #expect(error?.code == .transport && error?.delivery == .unsent)
      #expect(error?.message.contains("can't be reached") == true)
      #expect(await upstream.counts() == .init())
    }
  }

  @Test func anIdleConnectionThatTheServerClosesIsNotUsed() async throws {
    let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    try await MockUpstream.with(answer: { _ in [.send(ok), .close] }) { server in
      let authority = server.authority
      try await RelayTest.with { upstream, loop in
        for _ in 0..<3 {
          let text = try await RelayTest.text(upstream.open(RelayTest.post(authority), on: loop))
          #expect(text == "ok")
          try await RelayTest.until(loop) { await upstream.counts().open == 0 }
        }
      }
      #expect(server.requests.count == 3 && server.accepted == 3)
    }
  }

  @Test func aReplyThatNobodyAskedForEndsTheConnection() async throws {
    let twice = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
    try await MockUpstream.with(answer: { _ in [.send(twice)] }) { server in
      let authority = server.authority
      try await RelayTest.with { upstream, loop in
        for _ in 0..<2 {
          let text = try await RelayTest.text(upstream.open(RelayTest.post(authority), on: loop))
          #expect(text == "ok")
        }
      }
      #expect(server.accepted == 2)
    }
  }

  @Test(arguments: ["a\r\nx: y", "a\ny", "a\u{0}"])
  func noHeaderBecomesAnotherOne(value: String) async throws {
    try await MockUpstream.with(answer: { _ in [] }) { server in
      let authority = server.authority
      try await RelayTest.with { upstream, loop in
        let requests = [
          RelayTest.post(authority, headers: [("x", value)]), RelayTest.post(authority, headers: [(value, "x")]),
          RelayTest.post(authority, target: "/\(value)"), RelayTest.post(authority, method: value),
          RelayTest.post(authority, headers: [("Content-Length", "1")]), RelayTest.post(authority, headers: [("host", "a")]),
          RelayTest.post(authority, headers: [("Transfer-encoding", "chunked")]), RelayTest.post(authority, target: "http://a/"),
        ]
        for request in requests {
          let error = await #expect(throws: AWSClientError.self) { _ = try await upstream.open(request, on: loop) }
          #expect(error?.code == .configuration && error?.message.contains(value) == false)
        }
      }
      #expect(server.accepted == 0)
    }
  }

  /// The loop is held up until the server has reset the connection, so that it can't have seen the end of it.
  @Test func whatTheSystemDidNotTakeIsSentOnAnotherConnection() async throws {
    let gate = MockUpstream.gate()
    let ok = MockUpstream.Step.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    try await MockUpstream.with(answer: { $0.connection == 1 ? [ok, .wait(gate.futureResult), .reset] : [ok] }) { server in
      let authority = server.authority
      try await RelayTest.with { upstream, loop in
        let first = try await RelayTest.text(upstream.open(RelayTest.post(authority), on: loop))
        gate.succeed()
        server.blockUntilClosed()
        let second = try await RelayTest.text(upstream.open(RelayTest.post(authority), on: loop))
        #expect(first == "ok" && second == "ok")
      }
      #expect(server.requests.map(\.connection) == [1, 2])
    }
  }

  // MARK: Callers that leave

  @Test(arguments: [[], [MockUpstream.Step.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok")]])
  func cancellationClosesTheConnection(steps: [MockUpstream.Step]) async throws {
    try await MockUpstream.with(answer: { _ in steps }) { server in
      let authority = server.authority
      try await RelayTest.with { upstream, loop in
        let task = RelayTest.task(on: loop) { try await RelayTest.body(upstream.open(RelayTest.post(authority), on: loop)) }
        try await server.whenOpen { $0 == 1 }
        try await RelayTest.until(loop) { !server.requests.isEmpty }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        try await server.whenOpen { $0 == 0 }
        #expect(await upstream.counts().idle == 0)
      }
    }
  }

  /// What was never sent can't be paid, so it isn't a plain cancellation.
  @Test func whoLeavesBeforeItsStartHasSentNothing() async throws {
    try await MockUpstream.with(answer: { _ in [] }) { server in
      let authority = server.authority
      try await RelayTest.with { upstream, loop in
        let task = RelayTest.task(on: loop) {
          // It ends when the task is cancelled.
          try? await Task.sleep(for: .seconds(60))
          return try await upstream.open(RelayTest.post(authority), on: loop).status
        }
        task.cancel()
        await #expect(throws: UnsentCancellation.self) { try await task.value }
        #expect(await upstream.counts() == .init())
      }
      #expect(server.accepted == 0)
    }
  }

  /// The server takes connections and never says a word of TLS.
  @Test func whoLeavesWhileTheConnectionIsMadeHasSentNothing() async throws {
    let silent = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0).get()
    let authority = "127.0.0.1:\(silent.localAddress?.port ?? 0)"
    try await RelayTest.with { upstream, loop in
      let task = RelayTest.task(on: loop) {
        try await upstream.open(RelayTest.post(authority, scheme: "https"), on: loop).status
      }
      try await RelayTest.until(loop) { await upstream.counts().open == 1 }
      task.cancel()
      await #expect(throws: UnsentCancellation.self) { try await task.value }
    }
    try await silent.close()
  }

  /// A budget counts requests that AWS may have seen.
  @Test func whatAWSCannotHaveSeenIsUnsent() {
    var error = AWSClientError(.transport, "It can't be reached.")
    #expect(!InvocationRelay.isUnsent(error) && !InvocationRelay.isUnsent(CancellationError()))
    error.delivery = .unsent
    #expect(InvocationRelay.isUnsent(error) && InvocationRelay.isUnsent(UnsentCancellation()))
  }

  @Test func aReplyThatIsLetGoClosesItsConnection() async throws {
    let steps = [MockUpstream.Step.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok")]
    try await MockUpstream.with(answer: { _ in steps }) { server in
      let authority = server.authority
      try await RelayTest.with { upstream, loop in
        for cancels in [true, false] {
          let reply = try await upstream.open(RelayTest.post(authority), on: loop)
          if cancels {
            reply.cancel()
            reply.cancel()
            await #expect(throws: CancellationError.self) { _ = try await reply.next() }
          }
        }
        try await server.whenOpen { $0 == 0 }
      }
    }
  }

  @Test func leavingAfterTheEndLeavesTheConnectionAlone() async throws {
    let ok = MockUpstream.Step.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    try await MockUpstream.with(answer: { _ in [ok] }) { server in
      let authority = server.authority
      try await RelayTest.with { upstream, loop in
        for _ in 0..<3 {
          let reply = try await upstream.open(RelayTest.post(authority), on: loop)
          _ = try await RelayTest.text(reply)
          reply.cancel()
        }
        #expect(await upstream.counts() == .init(open: 1, idle: 1))
      }
      #expect(server.accepted == 1)
    }
  }

  @Test func closingFailsWhatIsInFlight() async throws {
    try await MockUpstream.with(answer: { _ in [] }) { server in
      let authority = server.authority
      try await RelayTest.with { upstream, loop in
        let task = RelayTest.task(on: loop) { try await upstream.open(RelayTest.post(authority), on: loop).status }
        try await RelayTest.until(loop) { !server.requests.isEmpty }
        await upstream.close()
        await #expect(throws: AWSClientError.self) { try await task.value }
        await #expect(throws: AWSClientError.self) { _ = try await upstream.open(RelayTest.post(authority), on: loop) }
      }
      try await server.whenOpen { $0 == 0 }
    }
  }
}
