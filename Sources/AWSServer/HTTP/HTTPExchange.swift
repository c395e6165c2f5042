import NIOCore
import NIOHTTP1
import NIOHTTP2

/// What all connections of a server share, and how each is set up.
final class HTTPExchange: Sendable {
  let bodyBytesMax: Int
  /// The bytes of all bodies that are held: from their arrival until their requests are answered.
  let bytes: Allowance
  let requests: Allowance
  let dates = DateHeader()
  let tasks = RequestTasks()
  private let drain: HTTPDrain?
  let refused: (@Sendable (Int, ServerRequest) -> ServerResponse)?
  let open: @Sendable (ServerRequest) -> HTTPOpening
  private let limits: HTTPLimits
  private let executors = EventLoopExecutors()

  init(
    _ limits: HTTPLimits, drain: HTTPDrain?, refused: (@Sendable (Int, ServerRequest) -> ServerResponse)?,
    open: @escaping @Sendable (ServerRequest) -> HTTPOpening
  ) {
    self.limits = limits
    self.drain = drain
    self.refused = refused
    self.open = open
    bodyBytesMax = limits.bodyBytesMax
    bytes = Allowance(limit: limits.receivedBytesMax)
    requests = Allowance(limit: limits.requestsMax)
  }

  /// Whether each connection ends with its next reply.
  var isEnding: Bool { drain?.isAnnounced == true }

  /// How long a client may take until its protocol is known.
  var firstHead: TimeAmount { limits.patience.firstHead }

  func configureHTTP1(_ channel: any Channel, connectedAt: NIODeadline) throws {
    let watch = DisconnectWatch()
    var decoding = NIOHTTPDecoderLimitConfiguration()
    decoding.maxHeaderFieldSize = limits.headBytesMax
    decoding.maxHeaderListSize = limits.headBytesMax
    decoding.maxHeaderFieldCount = limits.headFieldsMax
    let pipeline = channel.pipeline.syncOperations
    // NIO's handlers hold events back until the reply is sent, so only a handler before them sees at once that the client leaves.
    try pipeline.addHandlers([watch, BackPressureHandler()])
    try pipeline.configureHTTPServerPipeline(
      withErrorHandling: false, withEncoderConfiguration: .init(), withDecoderLimitConfiguration: decoding)
    try pipeline.addHandler(
      RequestHandler(
        self, executor: executors[channel.eventLoop], isHTTP1: true, deadlines: ConnectionDeadlines(on: channel.eventLoop),
        watch: watch, patience: ConnectionPatience(limits.patience, at: connectedAt)))
  }

  func configureHTTP2(_ channel: any Channel, connectedAt: NIODeadline) throws {
    let deadlines = ConnectionDeadlines(on: channel.eventLoop)
    var patience = limits.patience
    // Each stream has its own.
    patience.request = nil
    let handler = HTTP2ConnectionHandler(deadlines, patience: ConnectionPatience(patience, at: connectedAt))
    let bound = NIOLoopBound((deadlines, handler), eventLoop: channel.eventLoop)
    let executor = executors[channel.eventLoop]
    let pipeline = channel.pipeline.syncOperations
    try pipeline.addHandlers([BackPressureHandler(), FlushGatherer()])
    _ = try pipeline.configureHTTP2Pipeline(
      mode: .server, connectionConfiguration: limits.http2Connection, streamConfiguration: limits.http2Stream
    ) { [self] stream in
      stream.eventLoop.makeCompletedFuture {
        let (deadlines, handler) = bound.value
        let watch = DisconnectWatch()
        try stream.pipeline.syncOperations.addHandlers([
          EndMerger(), HTTP2FramePayloadToHTTP1ServerCodec(), watch,
          RequestHandler(
            self, executor: executor, isHTTP1: false, deadlines: deadlines, watch: watch,
            patience: ConnectionPatience(limits.patience, at: .now())),
        ])
        handler.streamOpened(try? stream.syncOptions?.getOption(HTTP2StreamChannelOptions.streamID), isLast: isEnding)
        stream.closeFuture.assumeIsolated().whenComplete { _ in handler.streamClosed() }
      }
    }
    try pipeline.addHandler(handler)
  }
}

extension HTTPLimits {
  /// NIO itself limits resets and empty, CONTINUATION, PING and SETTINGS frames per 30 seconds.
  fileprivate var http2Connection: NIOHTTP2Handler.ConnectionConfiguration {
    var configuration = NIOHTTP2Handler.ConnectionConfiguration()
    configuration.initialSettings = [
      HTTP2Setting(parameter: .maxConcurrentStreams, value: streamsMax),
      HTTP2Setting(parameter: .maxHeaderListSize, value: headBytesMax),
    ]
    configuration.targetWindowSize = 1_024 * 1_024
    return configuration
  }

  fileprivate var http2Stream: NIOHTTP2Handler.StreamConfiguration {
    var configuration = NIOHTTP2Handler.StreamConfiguration()
    configuration.targetWindowSize = 256 * 1_024
    return configuration
  }
}
