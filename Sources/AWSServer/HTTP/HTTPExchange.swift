import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// Turns Hummingbird's requests into ours, and our responses into Hummingbird's.
struct HTTPExchange: Sendable {
  /// A request with a longer body is answered with 413.
  let bodyBytesMax: Int
  let answer: @Sendable (ServerRequest) async -> ServerResponse

  func respond(to request: Request, _ context: ConnectionContext) async throws -> Response {
    let body: ByteBuffer
    do {
      body = try await request.body.collect(upTo: bodyBytesMax)
    } catch is NIOTooManyBytesError {
      return Response(status: .contentTooLarge)
    }
    var headers = request.headers.map { (name: $0.name.canonicalName, value: $0.value) }
    if let authority = request.head.authority { headers.append(("host", authority)) }
    let reply = await answer(
      ServerRequest(
        method: request.method.rawValue, target: request.head.path ?? "/", headers: headers, body: Data(body.readableBytesView)))
    if reply.isDropped { try? await context.channel.close().get() }
    var fields = HTTPFields()
    for (name, value) in reply.headers {
      if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
    }
    return Response(
      status: .init(code: reply.status), headers: fields, body: Self.body(of: reply, request.method, context.channel))
  }

  private static func body(of reply: ServerResponse, _ method: HTTPRequest.Method, _ channel: any Channel) -> ResponseBody {
    // A body after the head of a HEAD reply would be read as the next reply.
    if method == .head { return .init() }
    guard let stream = reply.stream else { return .init(byteBuffer: ByteBuffer(bytes: reply.body)) }
    return ResponseBody { writer in
      let watch = DisconnectWatch(stream.clientIsGone)
      try? await channel.pipeline.addHandler(watch, position: .first).get()
      if !channel.isActive { stream.clientIsGone() }  // The client left before the watch was added.
      var sink: any ResponseSink = HTTPSink(writer: writer)
      do {
        try await stream.write(&sink)
      } catch {
        // Without the last chunk, the client knows that the reply is incomplete.
        try? await channel.close().get()
        throw error
      }
      try? await channel.pipeline.removeHandler(watch).get()
      try await writer.finish(nil)
    }
  }
}

private struct HTTPSink: ResponseSink {
  // Safe: only the task that writes the body uses it. Hummingbird's protocol doesn't require writers to be Sendable.
  nonisolated(unsafe) var writer: any ResponseBodyWriter

  mutating func write(_ bytes: [UInt8]) async throws {
    guard !bytes.isEmpty else { return }
    try await writer.write(ByteBuffer(bytes: bytes))
  }
}
