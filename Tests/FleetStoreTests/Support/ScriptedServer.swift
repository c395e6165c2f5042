import NIOCore
import NIOPosix
import Synchronization

@testable import FleetNetwork

/// A server that answers as a test tells it, on a free port of this machine.
final class ScriptedServer: Sendable {
  /// What follows a command.
  enum Answer: Sendable {
    /// Bytes as they are.
    case bytes(String)
    case nothing
    case close
  }

  struct Seen {
    var connections = 0
    /// Commands by their first words, in order.
    var commands: [String] = []
    /// All `HELLO`, and all `AUTH`, with their words.
    var logins: [[String]] = []
    var channels: [any Channel] = []
  }

  let seen = Mutex(Seen())
  private let answer: @Sendable (_ words: [String], _ number: Int) -> Answer
  private let channel = Mutex<(any Channel)?>(nil)

  /// - Parameter answer: for each command but `HELLO`, with the number of commands before it.
  init(_ answer: @escaping @Sendable (_ words: [String], _ number: Int) -> Answer) async throws {
    self.answer = answer
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { [weak self] channel in
        channel.eventLoop.makeCompletedFuture {
          guard let self else { return }
          self.seen.withLock {
            $0.connections += 1
            $0.channels.append(channel)
          }
          try channel.pipeline.syncOperations.addHandler(Handler(self))
        }
      }.bind(host: "127.0.0.1", port: 0).get()
    self.channel.withLock { $0 = channel }
  }

  deinit {
    channel.withLock { $0 }?.close(promise: nil)
    for channel in seen.withLock({ $0.channels }) { channel.close(promise: nil) }
  }

  var port: Int { channel.withLock { $0?.localAddress?.port } ?? 0 }
  var connections: Int { seen.withLock { $0.connections } }
  var commands: [String] { seen.withLock { $0.commands } }
  var logins: [[String]] { seen.withLock { $0.logins } }

  fileprivate func receive(_ words: [String]) -> Answer {
    if ["HELLO", "AUTH"].contains(words[0]) { seen.withLock { $0.logins.append(words) } }
    if words[0] == "HELLO" { return .bytes("%1\r\n+proto\r\n:3\r\n") }
    let number = seen.withLock { seen in
      seen.commands.append(words[0])
      return seen.commands.count - 1
    }
    return answer(words, number)
  }

  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let server: ScriptedServer
    private var parser = RESPParser()

    init(_ server: ScriptedServer) { self.server = server }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      var bytes = unwrapInboundIn(data)
      parser.append(&bytes)
      while let words = try? parser.next()?.elements?.compactMap(\.string), !words.isEmpty {
        switch server.receive(words) {
        case .bytes(let text): context.writeAndFlush(NIOAny(ByteBuffer(string: text)), promise: nil)
        case .nothing: break
        case .close: context.close(promise: nil)
        }
      }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }
}

extension ScriptedServer {
  /// A proper answer to a sync of one meter that asks for nothing.
  /// - Parameter epoch: to tell answers apart.
  static func answer(epoch: Int = 1) -> String {
    "*13\r\n:1\r\n:\(epoch)\r\n:2\r\n:0\r\n:-1\r\n:1\r\n:0\r\n:0\r\n:0\r\n:1\r\n*1\r\n:570000\r\n*0\r\n*0\r\n"
  }
}
