import NIOCore
import NIOHTTP1

/// Names the whole URL in each request, as a proxy that forwards plain http wants it (RFC 9112, section 3.2.2), and tells the proxy who
/// asks.
///
/// async-http-client knows proxies by CONNECT only, which they commonly refuse for port 80.
final class ForwardedRequests: ChannelOutboundHandler {
  typealias OutboundIn = HTTPClientRequestPart
  typealias OutboundOut = HTTPClientRequestPart

  private let authorization: String?

  private init(authorization: String?) { self.authorization = authorization }

  /// Puts a handler between the client and the encoder of requests.
  static func install(in channel: any Channel, authorization: String?) -> EventLoopFuture<Void> {
    channel.eventLoop.makeCompletedFuture {
      let pipeline = channel.pipeline.syncOperations
      let encoder = try pipeline.handler(type: HTTPRequestEncoder.self)
      try pipeline.addHandler(ForwardedRequests(authorization: authorization), position: .after(encoder))
    }
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard case .head(var head) = unwrapOutboundIn(data) else {
      context.write(data, promise: promise)
      return
    }
    head.uri = "http://\(head.headers.first(name: "host") ?? "")\(head.uri)"
    if let authorization { head.headers.replaceOrAdd(name: "Proxy-Authorization", value: "Basic \(authorization)") }
    context.write(wrapOutboundOut(.head(head)), promise: promise)
  }
}
