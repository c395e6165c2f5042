import NIOHTTP1

/// Where a reply ends, as its head tells. A pure value.
///
/// NIO's parser refuses most of what two readers could read in two ways; the rest is refused here.
struct ReplyFraming: Equatable {
  /// Whether the connection may be used again afterwards.
  var isKeepAlive: Bool
  /// Whether only the end of the connection shows where the body ends.
  var endsWithConnection: Bool

  /// - Parameter method: of the request.
  /// - Throws: ``UpstreamFailure/malformed(_:)``.
  init(_ head: HTTPResponseHead, to method: String) throws(UpstreamFailure) {
    let status = head.status.code
    // NIO passes over the informational ones. 101 would change the protocol, which nobody asked for.
    guard (200...999).contains(status) else { throw .malformed("with status \(status), which ends no request") }
    var (lengths, codings) = (0, 0)
    for (name, value) in head.headers {
      // Comparing lengths first spares most of the comparisons.
      switch name.utf8.count {
      case 14 where name.lowercased() == "content-length": lengths += 1
      case 17 where name.lowercased() == "transfer-encoding":
        codings += 1
        guard value.lowercased() == "chunked" else { throw .malformed("with another transfer encoding than chunked") }
      default: break
      }
    }
    // RFC 9112, section 6.3: what two readers may read in two ways smuggles a second reply.
    guard lengths + codings <= 1 else { throw .malformed("whose length is stated twice") }
    guard codings == 0 || head.version == .http1_1 else { throw .malformed("of HTTP/1.0 in chunks") }
    let hasBody = method != "HEAD" && status != 204 && status != 304
    endsWithConnection = hasBody && lengths + codings == 0
    isKeepAlive = head.isKeepAlive && !endsWithConnection
  }

  /// An error of the connection, as far as it is about the reply.
  static func failure(_ error: any Error) -> any Error {
    switch error as? HTTPParserError {
    case nil: error is NIOHTTPDecoderError ? UpstreamFailure.malformed("that nobody asked for") : error
    case .invalidEOFState?, .closedConnection?: UpstreamFailure.broken
    case .headerOverflow?: UpstreamFailure.malformed("with a head of over \(UpstreamConnector.headBytesMax >> 10) kB")
    case _?: UpstreamFailure.malformed("that is not HTTP/1.1")
    }
  }
}
