package import Foundation
package import NIOCore

/// A request as it goes to AWS: signed, and without anything that was meant for the gateway alone.
package struct UpstreamRequest: Sendable {
  package var method: String
  /// `http` or `https`.
  package var scheme: String
  /// Host and, unless it is the scheme's own, port. It is never taken from a caller's request.
  package var authority: String
  /// Path and query, percent-encoded as the caller sent them.
  package var target: String
  /// Without `Host` and `Content-Length`, which the connection adds.
  package var headers: [(name: String, value: String)]
  package var body: Data

  package init(
    method: String, scheme: String, authority: String, target: String, headers: [(name: String, value: String)], body: Data
  ) {
    self.method = method
    self.scheme = scheme
    self.authority = authority
    self.target = target
    self.headers = headers
    self.body = body
  }
}

/// Sends requests to AWS, each on the event loop of the connection that it came from.
package protocol Upstream: Sendable {
  /// Sends a request once, and returns as soon as the head of the reply has arrived. If the task is cancelled, the connection is
  /// closed, so that AWS stops working for nobody.
  /// - Parameters:
  ///   - silence: how long AWS may send nothing, before the head and between two parts of the body.
  ///   - loop: the event loop that the caller's connection is on, and that the task runs on.
  /// - Throws: `AWSClientError`, whose `delivery` says how far the request got; `CancellationError`, or ``UnsentCancellation`` if the
  ///   request was not sent whole.
  func open(_ request: UpstreamRequest, silence: Duration, on loop: any EventLoop) async throws -> any UpstreamReply
}

/// A reply that is read while it arrives, by one reader.
package protocol UpstreamReply: Sendable {
  var status: Int { get }
  /// In their order, as they were received.
  var headers: [(name: String, value: String)] { get }
  /// The next part of the body, which is read from the network when it is asked for; nil at its end.
  /// - Throws: `AWSClientError` (`transport` or `timeout`) if the body breaks off; `CancellationError`.
  func next() async throws -> ByteBuffer?
  /// Closes the connection if the body has not come to its end. A second call does nothing.
  func cancel()
}
