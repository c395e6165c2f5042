/// Tells HTTP/2 by prior knowledge from HTTP/1 by the first bytes of a connection. A pure value.
///
/// Source: RFC 9113, 3.4.
package struct ConnectionPreface: Sendable {
  package enum Verdict: Sendable, Equatable {
    case http1, http2
    /// What has come so far can become either.
    case undecided
  }

  private static let http2 = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

  private var matched = 0

  package init() {}

  /// - Parameter bytes: the next bytes of the connection; none may follow once the protocol is decided.
  package mutating func read(_ bytes: some Sequence<UInt8>) -> Verdict {
    for byte in bytes {
      guard byte == Self.http2[matched] else { return .http1 }
      matched += 1
      if matched == Self.http2.count { return .http2 }
    }
    return .undecided
  }
}
