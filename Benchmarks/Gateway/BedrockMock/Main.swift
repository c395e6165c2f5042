import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// Stands for Bedrock when a gateway is measured: it reads the whole body, checks nothing, and answers at once with bytes that were made before. It must
/// not answer before the body is read, or a gateway that reads first would look slow.
///
/// usage: bedrock-mock JSON STREAM PIECES
///
/// JSON and STREAM are files with the bodies of whole and streamed replies; a stream is sent in PIECES parts of the same size.
@main
struct BedrockMock {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 4, let pieces = Int(arguments[3]), pieces > 0 else {
      FileHandle.standardError.write(Data("usage: bedrock-mock JSON STREAM PIECES\n".utf8))
      exit(64)
    }
    let json = ByteBuffer(bytes: try Data(contentsOf: URL(filePath: arguments[1])))
    let stream = ByteBuffer(bytes: try Data(contentsOf: URL(filePath: arguments[2])))
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let channel = try await ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 4_096)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline(
            withPipeliningAssistance: false, withErrorHandling: false)
          try channel.pipeline.syncOperations.addHandler(Answer(json: json, stream: stream, pieces: pieces))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    // Written at once: print buffers its lines if stdout is a pipe.
    FileHandle.standardOutput.write(Data("http://127.0.0.1:\(channel.localAddress?.port ?? 0)\n".utf8))
    try await channel.closeFuture.get()
  }
}

private final class Answer: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let json: ByteBuffer
  private let stream: ByteBuffer
  private let pieces: Int
  private var isStreamed = false

  init(json: ByteBuffer, stream: ByteBuffer, pieces: Int) {
    (self.json, self.stream, self.pieces) = (json, stream, pieces)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): isStreamed = head.uri.hasSuffix("-stream")
    case .body: break
    case .end: if isStreamed { sendStream(context) } else { sendWhole(context) }
    }
  }

  private func head(_ type: String, length: Int?) -> HTTPServerResponsePart {
    var headers: HTTPHeaders = ["Content-Type": type, "x-amzn-RequestId": "00000000-0000-4000-8000-000000000000"]
    if let length { headers.add(name: "Content-Length", value: "\(length)") }
    return .head(HTTPResponseHead(version: .http1_1, status: .ok, headers: headers))
  }

  private func sendWhole(_ context: ChannelHandlerContext) {
    context.write(wrapOutboundOut(head("application/json", length: json.readableBytes)), promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(json))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }

  private func sendStream(_ context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(head("application/vnd.amazon.eventstream", length: nil)), promise: nil)
    var rest = stream
    let size = max(1, stream.readableBytes / pieces)
    while rest.readableBytes > 0 {
      let part = rest.readSlice(length: min(size, rest.readableBytes)) ?? rest
      context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(part))), promise: nil)
    }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
