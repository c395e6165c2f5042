import AWSClient
import AWSWire
import Foundation
import HTTPTypes

extension AWSClient {
  /// Sends a request once, and waits for the whole reply.
  func invokeOnce(_ request: ModelRequest, id: String) async throws -> ModelReply {
    try await invokeWhole(request, to: .runtime(id: id), limits: ReplyLimits(silence: configuration.silenceMax))
  }

  /// Sends a request to the operation that doesn't stream.
  private func invokeWhole(_ request: ModelRequest, to route: InvocationRoute, limits: ReplyLimits) async throws -> ModelReply {
    try await whole(open(request.operation(route, streamed: false), limits: limits), of: request.api)
  }

  private func whole(_ stream: AWSHTTPStream, of api: ModelRequest.API) async throws -> ModelReply {
    let body = try await stream.whole(max: Self.replyBytesMax)
    return try ModelReply(body, usage: { api.usage(of: $0, stream.head.headerFields) }, of: api, hiding: stream.hiding)
  }

  /// What a caller of ``invoke(_:to:limits:streaming:progress:)`` gets to know before the reply is whole.
  enum Progress: Sendable {
    /// The reply has begun.
    case head(HTTPFields)
    case event(bytes: Int, usage: TokenUsage?)
    /// The service doesn't stream this reply, so the request is sent without streaming; nothing was paid.
    case unstreamed(AWSClientError)
  }

  /// Sends a request once, and waits for the whole reply. The reply is streamed where that is possible: the silence of a model
  /// that works can then be told from the silence of one that doesn't.
  /// - Parameters:
  ///   - limits: the time that the reply may take.
  ///   - streaming: whether to stream it.
  ///   - progress: called in order.
  func invoke(
    _ request: ModelRequest, to route: InvocationRoute, limits: ReplyLimits, streaming: Bool, progress: (Progress) -> Void
  ) async throws -> ModelReply {
    let start = uptime()
    var limits = limits
    if streaming, let assembly = request.assembly {
      do {
        let stream = try await open(request.operation(route, streamed: true), limits: limits)
        progress(.head(stream.head.headerFields))
        return try await assemble(stream, assembly, of: request.api, progress)
      } catch let error as AWSClientError where error.deniesStreaming {
        progress(.unstreamed(error))
        // One deadline holds for both calls.
        limits.timeLeft = limits.timeLeft.map { max(.zero, $0 - (uptime() - start)) }
      }
    }
    let stream = try await open(request.operation(route, streamed: false), limits: limits)
    progress(.head(stream.head.headerFields))
    return try await whole(stream, of: request.api)
  }

  private func assemble(
    _ stream: AWSHTTPStream, _ assembly: any ReplyAssembly, of api: ModelRequest.API, _ progress: (Progress) -> Void
  ) async throws -> ModelReply {
    let body = stream.body.makeAsyncIterator()
    guard let first = try await body.next(), let byte = first.first else {
      throw ReplyForm.noReply("an empty body", api.streamed)
    }
    let rest = stream.putBack(first, from: body)
    guard !api.isWhole(beginningWith: byte) else { return try await whole(rest, of: api) }
    var assembly = assembly
    var (usage, isEnded, bytes) = (TokenUsage?.none, false, 0)
    var events = ReplyEvents(rest, of: api)
    while let event = try await events.next() {
      let (read, content) = (event.event, event.content)
      bytes += read.payload.count
      guard bytes <= Self.replyBytesMax else {
        throw AWSClientError(.response, "A reply of over \(Self.replyBytesMax >> 20) MB was not read further.")
      }
      progress(.event(bytes: ReplyText.outputBytes(content.json), usage: content.usage))
      usage = content.usage ?? usage
      isEnded = isEnded || content.isEnd
      do {
        try assembly.add(Array(read.payload), type: read.type)
      } catch {
        // An event without JSON brings nothing, as for those who read the stream themselves.
        continue
      }
    }
    guard isEnded else { throw ReplyForm.endedEarly(api.streamed) }
    return try ModelReply(Data(assembly.body.bytes), usage: { _ in usage }, of: api, hiding: stream.hiding)
  }
}

extension AWSClientError {
  /// Whether the service refused to stream, though it may answer in one piece.
  fileprivate var deniesStreaming: Bool {
    guard let service, (400..<500).contains(service.status) else { return false }
    switch service.code {
    case "UnknownOperationException": return true
    case let code where Self.deniedCodes.contains(code): return true
    case "ValidationException", "validation_error", "invalid_request_error":
      return service.message.lowercased().contains("stream")
    default: return false
    }
  }
}
