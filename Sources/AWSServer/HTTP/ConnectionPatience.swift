package import NIOCore

/// How long the server of one connection has waited for its client. A pure value: instants are parameters.
package struct ConnectionPatience: Sendable {
  package struct Limits: Sendable {
    /// From the connection to the first complete head.
    package var firstHead = TimeAmount.seconds(15)
    /// From a reply to the next complete head.
    package var idle = TimeAmount.seconds(60)
    /// Between two parts of a body.
    package var bodyPause = TimeAmount.seconds(15)
    /// From a head to the end of its body.
    package var body = TimeAmount.seconds(120)
    /// While the client doesn't read the reply.
    package var unread = TimeAmount.seconds(60)
    /// From a head to the last byte of its reply, whoever is slow; nil: as long as it takes.
    package var request: TimeAmount?

    package init() {}
  }

  private let limits: Limits
  private var requestsInProgress = 0
  private var hasReceivedHead = false
  private var isReceiving = false
  private var headAt: NIODeadline
  /// The last part that was received, or the end of the last reply.
  private var activeAt: NIODeadline
  private var unreadSince: NIODeadline?

  package init(_ limits: Limits, at now: NIODeadline) {
    self.limits = limits
    headAt = now
    activeAt = now
  }

  package mutating func receivedHead(at now: NIODeadline) {
    requestsInProgress += 1
    hasReceivedHead = true
    isReceiving = true
    headAt = now
    activeAt = now
  }

  package mutating func receivedBody(at now: NIODeadline) { activeAt = now }

  package mutating func receivedEnd() { isReceiving = false }

  package mutating func sentEnd(at now: NIODeadline) {
    requestsInProgress -= 1
    activeAt = now
  }

  /// - Parameter isWritable: whether the client has read enough for more to be sent.
  package mutating func changed(isWritable: Bool, at now: NIODeadline) { unreadSince = isWritable ? nil : unreadSince ?? now }

  /// When the connection is to be closed if nothing happens until then; nil while the client waits for the server.
  package var deadline: NIODeadline? {
    let unread = unreadSince.map { $0 + limits.unread } ?? .distantFuture
    let whole = limits.request.map { headAt + $0 } ?? .distantFuture
    if isReceiving { return min(activeAt + limits.bodyPause, headAt + limits.body, min(unread, whole)) }
    guard requestsInProgress > 0 else { return activeAt + (hasReceivedHead ? limits.idle : limits.firstHead) }
    let first = min(unread, whole)
    return first == .distantFuture ? nil : first
  }
}
