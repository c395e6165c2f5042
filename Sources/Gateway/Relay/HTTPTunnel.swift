import AWSClient
import NIOCore
import NIOExtras
import NIOHTTP1

/// A connection through an HTTP proxy, by CONNECT.
enum HTTPTunnel {
  /// - Parameter authorization: the base64 of `user:password`; nil: the proxy asks for none.
  /// - Returns: completes when bytes reach the destination; fails with ``ConnectionErrors/Failure`` if the proxy refuses.
  static func open(
    to destination: Destination, authorization: String?, _ channel: any Channel, by deadline: NIODeadline
  ) throws -> EventLoopFuture<Void> {
    let (host, port) = (destination.host.contains(":") ? "[\(destination.host)]" : destination.host, destination.port)
    var headers = HTTPHeaders([("Host", "\(host):\(port)")])
    if let authorization { headers.add(name: "Proxy-Authorization", value: "Basic \(authorization)") }
    let done = channel.eventLoop.makePromise(of: Void.self)
    let encoder = HTTPRequestEncoder()
    let decoder = ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes))
    let pipeline = channel.pipeline.syncOperations
    try pipeline.addHandlers(
      encoder, decoder,
      NIOHTTP1ProxyConnectHandler(targetHost: host, targetPort: port, headers: headers, deadline: deadline, promise: done))
    return done.futureResult.assumeIsolated()
      .flatMapErrorThrowing { error in throw failure(error) }
      // The proxy's part of HTTP is over; what follows is the destination's. The handler of CONNECT has gone by itself.
      .flatMap {
        channel.pipeline.syncOperations.removeHandler(decoder).assumeIsolated().flatMap { pipeline.removeHandler(encoder) }
          .nonisolated()
      }
      .nonisolated()
  }

  private static func failure(_ error: any Error) -> any Error {
    guard let error = error as? NIOHTTP1ProxyConnectHandler.Error else { return error }
    if error == .proxyAuthenticationRequired() { return ConnectionErrors.Failure.proxyAuthentication }
    if error == .httpProxyHandshakeTimeout() { return ConnectionErrors.Failure.connectTimeout }
    return ConnectionErrors.Failure.proxyReply
  }
}
