import AWSClient
import AWSWire
import Bedquota
import DequeModule
import NIOCore

/// One request and its reply. It lives on one event loop.
final class UpstreamExchange {
  /// What may be read ahead of the reader, in bytes.
  static let aheadBytesMax = 262_144
  /// Parts below this size are handed over together: what follows costs more for each part than copying them.
  private static let smallBytesMax = 8_192

  /// The head of a reply.
  struct Head: Sendable {
    var status: Int
    var headers: [(name: String, value: String)]

    /// The value of the first header of this name.
    /// - Parameter name: in lower case.
    private func value(_ name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }

    /// - Throws: ``AWSClientError`` if the reply comes from a proxy and not from the service.
    func refuseProxysReply(of destination: Destination) throws {
      guard status >= 400, case .forward = destination.route else { return }
      try ConnectionErrors.refuseProxysReply(
        status: status, contentType: value("content-type"),
        schemes: headers.filter { $0.name.lowercased() == "proxy-authenticate" }.map(\.value), destination)
    }
  }

  let request: UpstreamRequest
  let host: UpstreamHost
  let silence: Duration
  private let silenceMax: TimeAmount

  /// The connection that the exchange needs; nil before it starts, and after the reply has come whole.
  var connection: UpstreamConnection?
  private let pool: UpstreamPool
  var usedIdleConnection = false
  /// Whether the system has taken all of the request.
  var isSentWhole = false

  private var head: CheckedContinuation<Head, any Error>?
  private var reader: CheckedContinuation<ByteBuffer?, any Error>?
  private var parts: Deque<ByteBuffer> = []
  private var bytesAhead = 0
  private var hasEnded = false
  private var failure: (any Error)?
  /// Since when the service is silent while somebody waits for it; nil while nobody does.
  private var waitsSince: NIODeadline?

  init(_ request: UpstreamRequest, to host: UpstreamHost, silence: Duration, in pool: UpstreamPool) {
    self.request = request
    self.host = host
    self.silence = silence
    // A year can't overflow.
    silenceMax = TimeAmount(min(max(silence, .zero), .seconds(31_536_000)))
    self.pool = pool
  }

  /// Whether the connection broke, and neither time nor the reply was the cause.
  var isBroken: Bool {
    switch failure as? UpstreamFailure {
    case .broken?: true
    case nil: failure is IOError || failure is ChannelError
    case .silence?, .malformed?, .closing?, .cancelled?: false
    }
  }

  // MARK: The one who waits

  /// Sends the request.
  /// - Returns: the head of the reply.
  /// - Throws: ``UpstreamFailure``, or what the network says; see ``explained(_:by:)``.
  func start(takesIdle: Bool) async throws -> Head {
    // Nothing was sent yet, which a plain `CancellationError` would not say.
    if Task.isCancelled { throw UpstreamFailure.cancelled }
    let bound = NIOLoopBound(self, eventLoop: pool.loop)
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        head = continuation
        pool.start(self, takesIdle: takesIdle)
      }
    } onCancel: {
      bound.eventLoop.execute { bound.value.cancel() }
    }
  }

  func next() async throws -> ByteBuffer? {
    if Task.isCancelled { cancel() }
    if let part = take() { return part }
    if hasEnded { return nil }
    if let failure { throw failure }
    guard reader == nil else { throw AWSClientError.secondReader }
    let bound = NIOLoopBound(self, eventLoop: pool.loop)
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        reader = continuation
        waits()
      }
    } onCancel: {
      bound.eventLoop.execute { bound.value.cancel() }
    }
  }

  /// The parts that have arrived, small ones together.
  func take() -> ByteBuffer? {
    guard var part = parts.popFirst() else { return nil }
    bytesAhead -= part.readableBytes
    while part.readableBytes < Self.smallBytesMax, let more = parts.first, more.readableBytes < Self.smallBytesMax {
      parts.removeFirst()
      bytesAhead -= more.readableBytes
      part.writeImmutableBuffer(more)
    }
    connection?.readOn()
    return part
  }

  /// Ends the exchange, and the connection with it unless the reply has come whole.
  func cancel() { fail(UpstreamFailure.cancelled) }

  func explained(_ error: any Error, by errors: ConnectionErrors) async -> any Error {
    let destination = host.destination
    switch error as? UpstreamFailure {
    case .silence?: return errors.silence(silence, destination, isSentWhole: isSentWhole)
    case .malformed(let words)?:
      return AWSClientError(
        .response, "\(destination.authority) sent a reply \(words); is the endpoint really AWS's?", parameters: ["endpointURL"])
    case .cancelled?: return isSentWhole ? CancellationError() : UnsentCancellation()
    case .closing?:
      var error = AWSClientError(.transport, "The connections to AWS are being closed, because this process ends.")
      if !isSentWhole { error.delivery = .unsent }
      return error
    case .broken?, nil:
      return await errors.explain(error, destination, silence: silence, isSentWhole: isSentWhole)
    }
  }

  // MARK: The connection

  /// Whether the reader is so far behind that no more may be read.
  var isAhead: Bool { bytesAhead + UpstreamConnection.readBytesMax > Self.aheadBytesMax }

  /// A piece of the request leaves, or somebody begins to wait for the reply.
  func waits(at now: NIODeadline = .now()) {
    waitsSince = now
    pool.schedule(by: now + silenceMax)
  }

  /// When the service has been silent for too long; nil while nobody waits for it.
  var deadline: NIODeadline? {
    guard head != nil || reader != nil else { return nil }
    return waitsSince.map { $0 + silenceMax }
  }

  func receive(_ found: Head) {
    head?.resume(returning: found)
    head = nil
  }

  func receive(_ part: ByteBuffer) {
    guard failure == nil, part.readableBytes > 0 else { return }
    bytesAhead += part.readableBytes
    parts.append(part)
  }

  /// The reply has come whole.
  func end() {
    connection = nil
    if failure == nil { hasEnded = true }
  }

  /// Hands over what a read of the network has brought.
  func deliver() {
    guard reader != nil else { return }
    if let part = take() {
      resume(.success(part))
    } else if hasEnded {
      resume(.success(nil))
    }
  }

  private func resume(_ result: Result<ByteBuffer?, any Error>) {
    let waiting = reader
    reader = nil
    waiting?.resume(with: result)
  }

  func fail(_ error: any Error) {
    guard failure == nil, !hasEnded else { return }
    failure = error
    // What had come before the failure stays readable, unless nobody wants it.
    if case .cancelled? = error as? UpstreamFailure {
      parts.removeAll()
      bytesAhead = 0
    }
    head?.resume(throwing: error)
    head = nil
    if reader != nil { resume(.failure(error)) }
    let used = connection
    connection = nil
    used?.leave(self)
  }
}

@available(*, unavailable)
extension UpstreamExchange: Sendable {}
