import AWSClient
import AWSWire
import Foundation
import NIOCore
import NIOHTTP1
import Testing

@testable import Gateway

/// Requests and replies as they should be, and what becomes of the connections.
struct UpstreamConnectionsTests {
  private static let ok = MockUpstream.Step.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

  @Test func aConnectionServesRequestsOneAfterTheOther() async throws {
    try await MockUpstream.with(answer: { _ in [Self.ok] }) { server in
      let authority = server.authority
      let counts = try await RelayTest.with { upstream, loop in
        for _ in 0..<3 {
          let reply = try await upstream.open(RelayTest.post(authority), on: loop)
          #expect(reply.status == 200)
          #expect(try await RelayTest.text(reply) == "ok")
        }
        return await upstream.counts()
      }
      #expect(counts == .init(open: 1, idle: 1))
      #expect(server.accepted == 1)
      try await server.whenOpen { $0 == 0 }
    }
  }

  @Test func theRequestArrivesAsItWasMade() async throws {
    try await MockUpstream.with(answer: { _ in [Self.ok] }) { server in
      let authority = server.authority
      let body = Data((0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
      let target = "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Aapplication-inference-profile%2Fabc/invoke?x=%2f"
      try await RelayTest.with { upstream, loop in
        var request = RelayTest.post(authority, target: target, headers: [("x-one", "1"), ("X-Two", "ü")], body: body)
        _ = try await RelayTest.text(upstream.open(request, on: loop))
        (request.method, request.body, request.headers) = ("GET", Data(), [])
        _ = try await RelayTest.text(upstream.open(request, on: loop))
        request.method = "POST"
        _ = try await RelayTest.text(upstream.open(request, on: loop))
      }
      let (first, second, third) = (server.requests[0], server.requests[1], server.requests[2])
      #expect(first.head.uri == target && first.head.method == .POST)
      #expect(
        first.head.headers.map { "\($0.name)=\($0.value)" } == [
          "Host=\(authority)", "x-one=1", "X-Two=ü", "Content-Length=1000000",
        ])
      #expect(Data(first.body) == body)
      #expect(second.head.headers.map(\.name) == ["Host"])
      #expect(third.head.headers["content-length"] == ["0"])
    }
  }

  @Test(arguments: [
    (
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nx-trailer: 1\r\n\r\n",
      "hello world", 1
    ),
    ("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world", "hello world", 1),
    (
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na",
      "a", 1
    ),
    ("HTTP/1.1 204 No Content\r\n\r\n", "", 1),
    ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "", 0),
    ("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", "a", 0),
  ])
  func bodiesEndWhereTheirHeadsSay(reply: String, body: String, idle: Int) async throws {
    try await MockUpstream.with(answer: { _ in [.send(reply)] }) { server in
      let authority = server.authority
      try await RelayTest.with { upstream, loop in
        let reply = try await upstream.open(RelayTest.post(authority), on: loop)
        #expect(try await RelayTest.text(reply) == body)
        // After the end, there is nothing but the end.
        #expect(try await reply.next() == nil)
        #expect(await upstream.counts().idle == idle)
      }
    }
  }

  @Test func theEndOfTheConnectionMayBeTheEndOfTheBody() async throws {
    try await MockUpstream.with(answer: { _ in [.send("HTTP/1.1 200 OK\r\n\r\nall of it"), .close] }) { server in
      let authority = server.authority
      try await RelayTest.with { upstream, loop in
        let reply = try await upstream.open(RelayTest.post(authority), on: loop)
        #expect(try await RelayTest.text(reply) == "all of it")
      }
    }
  }

  @Test func aReplyToHEADHasNoBody() async throws {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
    try await MockUpstream.with(answer: { _ in [.send(head)] }) { server in
      let authority = server.authority
      try await RelayTest.with { upstream, loop in
        for _ in 0..<2 {
          let reply = try await upstream.open(RelayTest.post(authority, method: "HEAD", body: Data()), on: loop)
          #expect(try await reply.next() == nil)
        }
        #expect(await upstream.counts() == .init(open: 1, idle: 1))
      }
    }
  }

  @Test func headersComeInTheirOrderAndSpelling() async throws {
    let text =
      "HTTP/1.1 429 Too Many\r\nx-amzn-RequestId: 1\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nX-AMZN-ErrorType: T\r\nContent-Length: 0\r\n\r\n"
    try await MockUpstream.with(answer: { _ in [.send(text)] }) { server in
      let authority = server.authority
      try await RelayTest.with { upstream, loop in
        let reply = try await upstream.open(RelayTest.post(authority), on: loop)
        #expect(reply.status == 429)
        #expect(
          reply.headers.map(\.name) == ["x-amzn-RequestId", "Set-Cookie", "Set-Cookie", "X-AMZN-ErrorType", "Content-Length"])
        #expect(reply.headers.map(\.value) == ["1", "a", "b", "T", "0"])
      }
    }
  }

  @Test func partsArriveWhileTheServerStillSends() async throws {
    let gate = MockUpstream.gate()
    let steps: [MockUpstream.Step] = [
      .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n"), .wait(gate.futureResult),
      .send("3\r\ntwo\r\n0\r\n\r\n"),
    ]
    try await MockUpstream.with(answer: { _ in steps }) { server in
      let authority = server.authority
      try await RelayTest.with { upstream, loop in
        let reply = try await upstream.open(RelayTest.post(authority), on: loop)
        #expect(try await reply.next().map { String(buffer: $0) } == "one")
        gate.succeed()
        #expect(try await reply.next().map { String(buffer: $0) } == "two")
        #expect(try await reply.next() == nil)
      }
    }
  }

  @Test func aHugeBodyComesWhole() async throws {
    let piece = ByteBuffer(bytes: (0..<1_048_576).map { UInt8(truncatingIfNeeded: $0 &* 7) })
    let head = MockUpstream.Step.send("HTTP/1.1 200 OK\r\nContent-Length: \(32 * 1_048_576)\r\n\r\n")
    try await MockUpstream.with(answer: { _ in [head] + Array(repeating: .bytes(piece), count: 32) }) { server in
      let authority = server.authority
      try await RelayTest.with { upstream, loop in
        let reply = try await upstream.open(RelayTest.post(authority), on: loop)
        var (count, isRight) = (0, true)
        while let part = try await reply.next() {
          isRight = isRight && part.readableBytesView.first == UInt8(truncatingIfNeeded: (count % 1_048_576) &* 7)
          count += part.readableBytes
        }
        #expect(count == 32 * 1_048_576 && isRight)
        #expect(await upstream.counts() == .init(open: 1, idle: 1))
      }
    }
  }

  @Test func aThousandAtOnce() async throws {
    try await MockUpstream.with(answer: { request in
      let body = "\(request.head.uri)"
      return [.send("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")]
    }) { server in
      let authority = server.authority
      try await RelayTest.with { upstream, loop in
        for _ in 0..<2 {
          try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<1_000 {
              group.addTask {
                let reply = try await upstream.open(RelayTest.post(authority, target: "/\(number)"), on: loop)
                return try await RelayTest.text(reply) == "/\(number)"
              }
            }
            for try await isRight in group { #expect(isRight) }
          }
        }
        let counts = await upstream.counts()
        #expect(counts.open == counts.idle && counts.open <= 1_000)
      }
      try await server.whenOpen { $0 == 0 }
      #expect(server.requests.count == 2_000)
    }
  }

  @Test func eachEventLoopHasConnectionsOfItsOwn() async throws {
    try await MockUpstream.with(answer: { _ in [Self.ok] }) { server in
      let authority = server.authority
      try await RelayTest.with { upstream, loop in
        _ = try await RelayTest.text(upstream.open(RelayTest.post(authority), on: loop))
      }
      #expect(server.accepted == 1)
    }
  }

  @Test func beyondItsConnectionsTheMachineIsExhausted() async throws {
    let gate = MockUpstream.gate()
    defer { gate.succeed() }
    try await MockUpstream.with(answer: { _ in [.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n"), .wait(gate.futureResult)] }
    ) { server in
      let authority = server.authority
      try await RelayTest.with(connectionsMax: 1) { upstream, loop in
        let first = try await upstream.open(RelayTest.post(authority), on: loop)
        let error = await #expect(throws: AWSClientError.self) {
          _ = try await upstream.open(RelayTest.post(authority), on: loop)
        }
        #expect(error?.delivery == .exhausted && error?.code == .transport)
        first.cancel()
        try await server.whenOpen { $0 == 0 }
        _ = try await upstream.open(RelayTest.post(authority), on: loop)
      }
    }
  }

  @Test func anIdleConnectionMakesRoomForAnotherHost() async throws {
    try await MockUpstream.with(answer: { _ in [Self.ok] }) { one in
      try await MockUpstream.with(answer: { _ in [Self.ok] }) { other in
        let authorities = [one.authority, other.authority, one.authority]
        try await RelayTest.with(connectionsMax: 1) { upstream, loop in
          for authority in authorities {
            let text = try await RelayTest.text(upstream.open(RelayTest.post(authority), on: loop))
            #expect(text == "ok")
          }
        }
        #expect(one.accepted == 2 && other.accepted == 1)
      }
    }
  }
}
