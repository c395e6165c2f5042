import FleetStore
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import FleetNetwork

/// Which reply belongs to which command, in virtual time.
struct RESPHandlerTests {
  private final class Server {
    let loop = EmbeddedEventLoop()
    let channel: EmbeddedChannel
    let handler: RESPHandler

    init() throws {
      handler = RESPHandler(loop: loop)
      channel = EmbeddedChannel(handler: handler, loop: loop)
      try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 6379)).wait()
    }

    /// Sends commands, and returns where their outcomes will be: a reply's number, "lost", or nothing yet.
    func send(_ count: Int = 1, timeout: TimeAmount = .milliseconds(250)) -> Outcomes {
      let outcomes = Outcomes(count)
      let commands = (0..<count).map { _ in RESPCommand(["PING"]) }
      for (index, future) in handler.send(commands, timeout: timeout).enumerated() {
        future.whenComplete { result in
          outcomes.set(index, (try? result.get()).map { "\($0.integer ?? -1)" } ?? "lost")
        }
      }
      return outcomes
    }

    func answer(_ bytes: String) throws { try channel.writeInbound(ByteBuffer(string: bytes)) }
  }

  private final class Outcomes: Sendable {
    private let texts: Mutex<[String]>
    init(_ count: Int) { texts = Mutex(Array(repeating: "", count: count)) }
    func set(_ index: Int, _ text: String) { texts.withLock { $0[index] = text } }
    var all: [String] { texts.withLock { $0 } }
  }

  @Test func repliesComeInOrderInAnyPieces() throws {
    let server = try Server()
    let outcomes = server.send(3)
    for piece in [":", "1\r", "\n:2\r\n>1\r\n+x\r\n", ":3\r\n"] { try server.answer(piece) }
    #expect(outcomes.all == ["1", "2", "3"] && server.channel.isActive)
  }

  @Test func aLateReplyIsDropped() throws {
    let server = try Server()
    let late = server.send()
    server.loop.advanceTime(by: .milliseconds(251))
    #expect(late.all == ["lost"] && server.channel.isActive)
    let next = server.send()
    try server.answer(":1\r\n")
    #expect(next.all == [""])
    try server.answer(":2\r\n")
    #expect(next.all == ["2"] && !server.handler.connectionEnd.hasCome)
  }

  @Test func silenceEndsTheConnection() throws {
    let server = try Server()
    let outcomes = server.send(2, timeout: .seconds(60))
    server.loop.advanceTime(by: .milliseconds(1_999))
    #expect(outcomes.all == ["", ""])
    server.loop.advanceTime(by: .milliseconds(1))
    #expect(outcomes.all == ["lost", "lost"] && !server.channel.isActive && server.handler.connectionEnd.hasCome)
    #expect(server.send().all == ["lost"])
  }

  @Test func whoOnlyTalksOfOtherThingsIsLeft() throws {
    let server = try Server()
    let first = server.send()
    for _ in 0..<60 {
      server.loop.advanceTime(by: .milliseconds(100))
      try server.answer(">1\r\n+x\r\n")
    }
    #expect(first.all == ["lost"] && server.channel.isActive)
    #expect(server.send().all == ["lost"])
    #expect(!server.channel.isActive)
  }

  @Test func anIdleConnectionStays() throws {
    let server = try Server()
    let outcomes = server.send()
    try server.answer(":1\r\n")
    server.loop.advanceTime(by: .hours(1))
    #expect(outcomes.all == ["1"] && server.channel.isActive)
  }

  @Test func tooManyCommandsAreRefused() throws {
    let server = try Server()
    let outcomes = server.send(256)
    #expect(server.send().all == ["lost"])
    try server.answer(String(repeating: ":1\r\n", count: 256))
    #expect(outcomes.all.allSatisfy { $0 == "1" } && server.send().all == [""])
  }

  @Test(arguments: [":1\r\n:2\r\n", "HTTP/1.1 200 OK\r\n", "*9999999999\r\n"])
  func whatCannotBeUnderstoodEndsTheConnection(bytes: String) throws {
    let server = try Server()
    let outcomes = server.send()
    try server.answer(bytes)
    #expect(outcomes.all == [bytes.hasPrefix(":") ? "1" : "lost"] && !server.channel.isActive)
    try? server.answer(":5\r\n")
    #expect(server.send().all == ["lost"])
  }
}
