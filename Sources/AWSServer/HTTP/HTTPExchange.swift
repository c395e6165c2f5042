import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Turns Hummingbird's requests into ours, and our responses into Hummingbird's.
struct HTTPExchange: Sendable {
  /// Bodies up to this size don't count in the sum of all bodies.
  private static let smallBytesMax = 64 * 1_024

  /// A request with a longer body is answered with 413.
  let bodyBytesMax: Int
  let received: ReceivedBytes
  let open: @Sendable (ServerRequest) -> HTTPOpening

  func respond(to request: Request, _ context: ConnectionContext) async throws -> Response {
    var headers = request.headers.map { (name: $0.name.canonicalName, value: $0.value) }
    if let authority = request.head.authority { headers.append(("host", authority)) }
    let head = ServerRequest(
      method: request.method.rawValue, target: request.head.path ?? "/", headers: headers, body: Data())
    let reply: ServerResponse
    switch open(head) {
    case .reply(let early): reply = early
    case .body(let answer):
      var taken = 0
      defer { if taken > 0 { received.giveBack(taken) } }
      switch try await body(of: request, &taken) {
      case .failure(let refusal): return Response(status: refusal.status)
      case .success(let body): reply = await answer(body, ClientPresence(on: context.channel))
      }
    }
    if reply.isDropped { try? await context.channel.close().get() }
    var fields = HTTPFields()
    for (name, value) in reply.headers {
      if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
    }
    return Response(
      status: .init(code: reply.status), headers: fields, body: Self.body(of: reply, request.method, context.channel))
  }

  private struct Refusal: Error {
    var status: HTTPResponse.Status
  }

  /// Receives the body. A refused body is read to its end and dropped, so that the client sees the reply.
  /// - Parameter taken: the bytes that the body has taken of `received`, for the caller to give back.
  private func body(of request: Request, _ taken: inout Int) async throws -> Result<Data, Refusal> {
    let announced = request.headers[.contentLength].flatMap(Int.init)
    guard announced ?? 0 <= bodyBytesMax else { return .failure(Refusal(status: .contentTooLarge)) }
    var body = Data()
    for try await part in request.body {
      let count = body.count + part.readableBytes
      guard count <= bodyBytesMax else { return .failure(Refusal(status: .contentTooLarge)) }
      if count > Self.smallBytesMax {
        guard received.take(count - taken) else { return .failure(Refusal(status: .serviceUnavailable)) }
        taken = count
      }
      body.append(contentsOf: part.readableBytesView)
    }
    // The client left before it had sent the whole body.
    if let announced, body.count < announced { return .failure(Refusal(status: .badRequest)) }
    return .success(body)
  }

  private static func body(of reply: ServerResponse, _ method: HTTPRequest.Method, _ channel: any Channel) -> ResponseBody {
    // A body after the head of a HEAD reply would be read as the next reply.
    if method == .head { return .init() }
    guard let stream = reply.stream else { return .init(byteBuffer: ByteBuffer(bytes: reply.body)) }
    return ResponseBody { writer in
      let shared = HTTPSink(writer: writer)
      do {
        try await ClientPresence(on: channel).during {
          try await withTaskCancellationHandler {
            var sink: any ResponseSink = shared
            try await stream.write(&sink)
          } onCancel: {
            stream.clientIsGone()
          }
        }
      } catch {
        // Without the last chunk, the client knows that the reply is incomplete.
        try? await channel.close().get()
        throw error
      }
      try await writer.finish(nil)
    }
  }
}

private struct HTTPSink: ResponseSink, Sendable {
  // Safe: only the task that writes the body uses it. Hummingbird's protocol doesn't require writers to be Sendable.
  nonisolated(unsafe) var writer: any ResponseBodyWriter

  mutating func write(_ bytes: [UInt8]) async throws {
    guard !bytes.isEmpty else { return }
    try await writer.write(ByteBuffer(bytes: bytes))
  }
}
