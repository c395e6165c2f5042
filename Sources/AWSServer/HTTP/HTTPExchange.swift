import Foundation
import HTTPTypes
package import Hummingbird
import NIOCore
import Synchronization

/// Carries requests from HTTP to a service and its replies back.
package struct HTTPExchange: Sendable {
  /// A request body over this many bytes is refused with 413.
  private let bodyBytesMax: Int
  private let served: RequestCount
  private let answer: @Sendable (ServerRequest) async -> ServerResponse

  /// - Parameters:
  ///   - served: counts every request.
  ///   - answer: never throws; an error is a reply too.
  package init(bodyBytesMax: Int, served: RequestCount, answer: @escaping @Sendable (ServerRequest) async -> ServerResponse) {
    self.bodyBytesMax = bodyBytesMax
    self.served = served
    self.answer = answer
  }

  package func respond(to request: Request, _ context: ConnectionContext) async throws -> Response {
    served.add()
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
    // The answer to a HEAD ends with its head; a body would be taken for the next answer.
    if method == .head { return .init() }
    guard let stream = reply.stream else { return .init(byteBuffer: ByteBuffer(bytes: reply.body)) }
    return ResponseBody { writer in
      let watch = DisconnectWatch(stream.clientIsGone)
      try? await channel.pipeline.addHandler(watch, position: .first).get()
      if !channel.isActive { stream.clientIsGone() }  // Before there was a watch.
      var sink: any ResponseSink = HTTPSink(writer: writer)
      do {
        try await stream.write(&sink)
      } catch {
        // An end without the last chunk tells the client that something is missing.
        try? await channel.close().get()
        throw error
      }
      try? await channel.pipeline.removeHandler(watch).get()
      try await writer.finish(nil)
    }
  }
}

private struct HTTPSink: ResponseSink {
  // One task writes at a time; Hummingbird's protocol just does not say that its writers may be handed on.
  nonisolated(unsafe) var writer: any ResponseBodyWriter

  package mutating func write(_ bytes: [UInt8]) async throws {
    guard !bytes.isEmpty else { return }
    try await writer.write(ByteBuffer(bytes: bytes))
  }
}
