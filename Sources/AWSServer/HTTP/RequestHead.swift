package import NIOHTTP1

/// The head of a request over HTTP/1.0, HTTP/1.1 or HTTP/2: what it asks of the connection, and whether it can be trusted. A pure value.
package struct RequestHead: Sendable {
  package enum Expectation: Sendable {
    case nothing, goOn, unknown
  }

  /// The request as the server's closure sees it, without a body.
  package let request: ServerRequest
  package let version: HTTPVersion
  package let isHead: Bool
  /// Whether the connection may be used again.
  package let isKeepAlive: Bool
  package let expectation: Expectation
  /// The announced length of the body in bytes; nil for none, or for one that comes in chunks.
  package let contentLength: Int?
  /// The status of the refusal, if two servers could read this head in two ways.
  package let refusal: HTTPResponseStatus?

  package init(_ head: HTTPRequestHead) {
    version = head.version
    isHead = head.method == .HEAD
    let isOld = version == .http1_0
    var headers: [(name: String, value: String)] = []
    headers.reserveCapacity(head.headers.count)
    var (hosts, length, expected) = (0, nil as String?, nil as String?)
    // CONNECT and Upgrade ask for another protocol. It isn't spoken here, and NIO reads nothing after such a request.
    var asksForProtocol = head.method == .CONNECT
    var (isChunked, isOddlyCoded) = (false, false)
    for (name, value) in head.headers {
      let name = name.lowercased()
      switch name {
      case "host": hosts += 1
      case "content-length": length = value
      case "expect": expected = value
      case "upgrade": asksForProtocol = true
      case "transfer-encoding":
        // Also over HTTP/2: NIO adds it if the request announces no length. NIO takes a list that ends with `chunked`; what is coded
        // before isn't decoded here, and not read by others as it is by us (RFC 9112, 6.1).
        isOddlyCoded = isOddlyCoded || isChunked || value.lowercased() != "chunked"
        isChunked = true
      default: break
      }
      headers.append((name, value))
    }
    request = ServerRequest(method: head.method.rawValue, target: head.uri, lowercased: headers)
    isKeepAlive = head.isKeepAlive && !asksForProtocol
    contentLength = length.flatMap { Int($0) }
    // NIO sees to it over HTTP/1, but takes a sign over HTTP/2.
    let isOddlyLong = length.map { !$0.utf8.allSatisfy { (48...57).contains($0) } } ?? false
    if let expected, !isOld {
      expectation = expected.lowercased() == "100-continue" ? .goOn : .unknown
    } else {
      // HTTP/1.0 has no expectations (RFC 9110, 10.1.1).
      expectation = .nothing
    }
    // RFC 9112, 3.2: exactly one Host, which HTTP/1.0 may leave out. RFC 9112, 6.1: HTTP/1.0 has no chunks.
    let isOdd =
      hosts > 1 || (hosts == 0 && !isOld) || (isChunked && isOld) || isOddlyCoded || isOddlyLong || !Self.isKnown(version)
    refusal = isOdd ? .badRequest : expectation == .unknown ? .expectationFailed : nil
  }

  private static func isKnown(_ version: HTTPVersion) -> Bool {
    version.major == 2 || version == .http1_1 || version == .http1_0
  }
}
