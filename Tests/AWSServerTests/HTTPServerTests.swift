import AWSServer
import Foundation
import Logging
import NIOCore
import NIOPosix
import Testing

struct HTTPServerTests {
  private func server(
    host: String = "127.0.0.1", port: Int = 0, _ limits: HTTPLimits = HTTPLimits(),
    open: @escaping @Sendable (ServerRequest) -> HTTPOpening = { _ in .reply(.json(Data("{}".utf8))) }
  ) -> HTTPServer {
    HTTPServer(
      host: host, port: port, limits: limits, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, open: open)
  }

  private static func connect(_ url: String) -> EventLoopFuture<any Channel> {
    ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(
      host: "127.0.0.1", port: URL(string: url)?.port ?? 0)
  }

  /// A server that stops closes every connection that it has accepted, also those that still wait for it; see `OpenConnections`.
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

  // MARK: Clients that are slow, large or gone

  /// Sends text over a connection of its own, and gathers the reply until the server closes or `isEnough`.
  private static func exchange(_ url: String, _ text: String, until isEnough: @escaping @Sendable (String) -> Bool) async throws
    -> String
  {
    try await exchange(url, bytes: Array(text.utf8), until: isEnough)
  }

  private static func exchange(_ url: String, bytes: [UInt8], until isEnough: @escaping @Sendable (String) -> Bool) async throws
    -> String
  {
    let (pieces, continuation) = AsyncStream.makeStream(of: String.self)
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).channelInitializer { channel in
      channel.pipeline.addHandler(Gatherer(continuation))
    }.connect(host: "127.0.0.1", port: URL(string: url)?.port ?? 0).get()
    try? await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    var reply = ""
    for await piece in pieces {
      reply += piece
      if isEnough(reply) { break }
    }
    try? await channel.close().get()
    return reply
  }

  private final class Gatherer: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    private let pieces: AsyncStream<String>.Continuation
    init(_ pieces: AsyncStream<String>.Continuation) { self.pieces = pieces }
    func channelRead(context: ChannelHandlerContext, data: NIOAny) { pieces.yield(String(buffer: unwrapInboundIn(data))) }
    func channelInactive(context: ChannelHandlerContext) { pieces.finish() }
  }

  private static func status(_ reply: String) -> Substring? { reply.split(separator: " ").dropFirst().first }

  @Test func theHeadDecidesBeforeTheBodyComes() async throws {
    let refusing = server { _ in .reply(ServerResponse(status: 403, headers: [], body: Data())) }
    let reply = try await refusing.serve { url in
      try await Self.exchange(url, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000000\r\n\r\n") { $0.contains("\r\n\r\n") }
    }
    #expect(Self.status(reply) == "403")
  }

  @Test(arguments: [(10, "200"), (11, "413")])
  func aBodyThatIsTooLongIsRefused(length: Int, status: String) async throws {
    var limits = HTTPLimits()
    limits.bodyBytesMax = 10
    let echo = server(limits) { _ in .body { body, _ in ServerResponse(status: 200, headers: [], body: body) } }
    let body = String(repeating: "a", count: length)
    let announced = try await echo.serve { url in
      try await Self.exchange(url, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n\(body)") {
        $0.contains("\r\n\r\n")
      }
    }
    #expect(Self.status(announced) == status[...])
    let chunked = try await echo.serve { url in
      try await Self.exchange(
        url,
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(String(length, radix: 16))\r\n\(body)\r\n0\r\n\r\n"
      ) { $0.contains("\r\n\r\n") }
    }
    #expect(Self.status(chunked) == status[...])
  }

  @Test func allBodiesTogetherHaveALimit() async throws {
    var limits = HTTPLimits()
    limits.receivedBytesMax = 100_000
    let echo = server(limits) { _ in .body { _, _ in ServerResponse(status: 200, headers: [], body: Data()) } }
    for (length, status) in [(100_000, "200"), (100_001, "503"), (100_000, "200")] {
      let body = String(repeating: "a", count: length)
      let reply = try await echo.serve { url in
        try await Self.exchange(url, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n\(body)") {
          $0.contains("\r\n\r\n")
        }
      }
      #expect(Self.status(reply) == status[...], "\(length)")
    }
  }

  /// The first two events of a server whose client leaves after the first.
  private static func events(_ events: AsyncStream<String>, of server: HTTPServer) async throws -> [String] {
    try await server.serve { url in
      let channel = try await connect(url).get()
      try await channel.writeAndFlush(ByteBuffer(string: "GET / HTTP/1.1\r\nHost: a\r\n\r\n")).get()
      var seen: [String] = []
      for await event in events {
        seen.append(event)
        if seen.count == 2 { break }
        try await channel.close().get()
      }
      return seen
    }
  }

  /// Without this, work for a client that has left would go on until the suite is stopped.
  @Test func workEndsWhenItsClientLeaves() async throws {
    let (events, continuation) = AsyncStream.makeStream(of: String.self)
    let patient = server { _ in
      .body { _, client in
        do {
          try await client.during {
            continuation.yield("begun")
            try await Task.sleep(for: .seconds(3_600))
          }
        } catch {
          continuation.yield("\(type(of: error))")
        }
        return ServerResponse(status: 200, headers: [], body: Data())
      }
    }
    let seen = try await Self.events(events, of: patient)
    #expect(seen == ["begun", "CancellationError"])
  }

  /// What waits in the task of the request itself needs no second one: the whole task ends.
  @Test func theTaskOfARequestEndsWhenItsClientLeaves() async throws {
    let (events, continuation) = AsyncStream.makeStream(of: String.self)
    let patient = server { _ in
      .body { _, client in
        let before = (try? await client.whilePresent { Task.isCancelled }) ?? true
        do {
          try await client.whilePresent {
            continuation.yield("begun")
            try await Task.sleep(for: .seconds(3_600))
          }
        } catch {
          continuation.yield("\(type(of: error)) \(before) \(Task.isCancelled)")
        }
        return ServerResponse(status: 200, headers: [], body: Data())
      }
    }
    let seen = try await Self.events(events, of: patient)
    #expect(seen == ["begun", "CancellationError false true"])
  }

  /// The client has left before the work begins, as often as not before its request was looked at.
  @Test(.timeLimit(.minutes(5))) func workForAClientThatLeavesAtOnceEndsToo() async throws {
    let (events, continuation) = AsyncStream.makeStream(of: String.self)
    let patient = server { _ in
      .body { _, client in
        do {
          try await client.during { try await Task.sleep(for: .seconds(3_600)) }
        } catch {
          continuation.yield("\(type(of: error))")
        }
        return ServerResponse(status: 200, headers: [], body: Data())
      }
    }
    try await patient.serve { url in
      var seen = events.makeAsyncIterator()
      for _ in 0..<50 {
        let channel = try await Self.connect(url).get()
        channel.writeAndFlush(ByteBuffer(string: "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), promise: nil)
        // On a slow machine the server may have closed it.
        try? await channel.close().get()
        #expect(await seen.next() == "CancellationError")
      }
    }
  }

  @Test func aClientThatSendsNoHeadIsDisconnected() async throws {
    var limits = HTTPLimits()
    limits.patience.firstHead = .milliseconds(20)
    let quick = server(limits) { _ in .reply(.json(Data())) }
    // The stream of pieces ends only when the server closes the connection.
    #expect(try await quick.serve { try await Self.exchange($0, "GET / HT") { _ in false } } == "")
  }

  @Test func aBodyThatStopsIsGivenUp() async throws {
    var limits = HTTPLimits()
    limits.patience.firstHead = .milliseconds(200)
    limits.patience.bodyPause = .milliseconds(20)
    let quick = server(limits) { _ in .body { _, _ in .json(Data()) } }
    let reply = try await quick.serve { url in
      try await Self.exchange(url, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc") { _ in false }
    }
    #expect(reply.isEmpty)
  }

  @Test func moreConnectionsThanAllowedWaitTheirTurn() async throws {
    var limits = HTTPLimits()
    limits.connectionsMax = 1
    let narrow = server(limits) { _ in .reply(.json(Data("{}".utf8))) }
    let request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    let statuses = try await narrow.serve { url in
      try await withThrowingTaskGroup(of: Substring?.self) { group in
        for _ in 0..<8 { group.addTask { Self.status(try await Self.exchange(url, request) { _ in false }) } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
    }
    #expect(statuses == Array(repeating: "200", count: 8))
  }

  /// The task that answers holds the body, though its client is gone: only when it has ended is there room for the next.
  @Test(.timeLimit(.minutes(5))) func aRequestCountsUntilItsTaskHasEnded() async throws {
    var limits = HTTPLimits()
    limits.requestsMax = 1
    let (events, event) = AsyncStream.makeStream(of: String.self)
    let (gate, opened) = AsyncStream.makeStream(of: Void.self)
    let narrow = server(limits) { request in
      .body { _, client in
        guard request.method == "POST" else { return .json(Data("{}".utf8)) }
        try? await client.during {
          event.yield("begun")
          try await Task.sleep(for: .seconds(3_600))
        }
        event.yield("gone")
        for await _ in gate { break }
        return .json(Data("{}".utf8))
      }
    }
    try await narrow.serve { url in
      let status = { @Sendable in
        Self.status(try await Self.exchange(url, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") { _ in false })
      }
      let channel = try await Self.connect(url).get()
      try await channel.writeAndFlush(ByteBuffer(string: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab")).get()
      var seen = events.makeAsyncIterator()
      #expect(await seen.next() == "begun")
      try await channel.close().get()
      #expect(await seen.next() == "gone")
      #expect(try await status() == "503")
      opened.finish()
      while try await status() == "503" { await Task.yield() }
      #expect(try await status() == "200")
    }
  }

  // MARK: HTTP/2

  /// The preface and a frame of settings, empty.
  private static let http2 = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u{4}\0\0\0\0\0"

  @Test func anHTTP2ConnectionWithoutRequestsIsClosed() async throws {
    var limits = HTTPLimits()
    // Long enough for a busy machine to read the preface.
    limits.patience.firstHead = .seconds(5)
    let quick = server(limits)
    let reply = try await quick.serve { try await Self.exchange($0, Self.http2) { _ in false } }
    #expect(reply.contains("\u{7}\0\0\0\0\0"), "a frame of type 7, GOAWAY, says so")
  }

  @Test func aStreamWhoseBodyStopsIsReset() async throws {
    var limits = HTTPLimits()
    // When the connection's deadlines are first looked at; long enough for a busy machine to read the preface.
    limits.patience.firstHead = .seconds(5)
    limits.patience.bodyPause = .milliseconds(20)
    let quick = server(limits) { _ in .body { _, _ in .json(Data()) } }
    // POST / of the host a, from the static table of HPACK, in a frame of type 1 that ends the head and not the stream.
    let frame = String(decoding: [0, 0, 6, 1, 4, 0, 0, 0, 1] as [UInt8], as: UTF8.self)
    let reply = try await quick.serve { url in
      try await Self.exchange(url, bytes: Array((Self.http2 + frame).utf8) + [0x83, 0x86, 0x84, 0x41, 1, 0x61]) {
        $0.contains("\0\0\u{4}\u{3}\0\0\0\0\u{1}")
      }
    }
    #expect(reply.contains("\0\0\u{4}\u{3}\0\0\0\0\u{1}"), "a frame of type 3, RST_STREAM, on stream 1")
  }

  @Test func moreRequestsThanAllowedAreRefused() async throws {
    var limits = HTTPLimits()
    limits.requestsMax = 0
    let full = server(limits)
    let reply = try await full.serve { url in
      try await Self.exchange(url, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") { _ in false }
    }
    #expect(Self.status(reply) == "503")
  }

  @Test func aRequestThatIsAnsweredMakesRoomForTheNext() async throws {
    var limits = HTTPLimits()
    limits.requestsMax = 1
    let narrow = server(limits)
    let replies = try await narrow.serve { url in
      try await Self.exchange(
        url, "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
      ) { _ in false }
    }
    #expect(replies.split(separator: "HTTP/1.1 ").map { $0.prefix(3) } == ["200", "200"])
  }
}
