package import AWSWire
import AsyncHTTPClient
import Foundation
import HTTPTypes
import NIOCore
import NIOHTTP1

/// The transport over the network, on async-http-client.
package struct AsyncHTTPTransport: HTTPTransport {
  /// The limit of a whole reply in bytes. A page of a listing or of metrics has less than 1 MB.
  private static let bodyBytesMax = 16 * 1_024 * 1_024

  let routes: Routes
  private let waits = ReplyWaits()
  private let errors: ConnectionErrors

  private init(routes: Routes) {
    self.routes = routes
    errors = ConnectionErrors(routes.settings)
  }

  /// Runs `body` with a transport and closes its connections afterwards.
  /// - Parameters:
  ///   - connectionsMax: connections to one host.
  ///   - network: how hosts are reached.
  package static func with<Output: Sendable>(
    connectionsMax: Int = 16, network: NetworkSettings = .direct, _ body: (AsyncHTTPTransport) async throws -> Output
  ) async throws -> Output {
    let routes = Routes(network, connectionsMax: connectionsMax)
    do {
      let transport = AsyncHTTPTransport(routes: routes)
      let output = try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { [waits = transport.waits] in await waits.run() }
        defer { group.cancelAll() }
        return try await body(transport)
      }
      await routes.shutDown()
      return output
    } catch {
      await routes.shutDown()
      throw error
    }
  }

  private func destination(of request: AWSHTTPRequest) throws -> Destination {
    let (scheme, authority) = (request.head.scheme ?? "https", request.head.authority ?? "")
    return Destination(scheme: scheme, authority: authority, route: try routes.route(scheme: scheme, authority: authority))
  }

  /// - Parameter clock: gets to know how much of the body has left.
  private static func outgoing(
    _ request: AWSHTTPRequest, to destination: Destination, clock: ReplyClock? = nil
  ) -> HTTPClientRequest {
    let head = request.head
    var outgoing = HTTPClientRequest(url: "\(destination.base)\(head.path ?? "/")")
    if case .forward = destination.route { outgoing.headers.add(name: "Host", value: destination.authority) }
    outgoing.method = HTTPMethod(rawValue: head.method.rawValue)
    for field in head.headerFields { outgoing.headers.add(name: field.name.rawName, value: field.value) }
    guard !request.body.isEmpty else {
      clock?.begin(isLastPiece: true)
      return outgoing
    }
    outgoing.body =
      clock.map { .stream(WatchedBody(bytes: request.body, clock: $0), length: .known(Int64(request.body.count))) }
      ?? .bytes(ByteBuffer(bytes: request.body))
    return outgoing
  }

  package func send(_ request: AWSHTTPRequest, timeout: Duration) async throws -> AWSHTTPResponse {
    let destination = try destination(of: request)
    let outgoing = Self.outgoing(request, to: destination)
    let client = try routes.client(for: destination)
    do {
      // For head and body together; the client's own deadline ends at the head.
      let response = try await withTimeLimit(timeout) { [outgoing] in
        try await Self.exchange(outgoing, client: client, destination)
      }
      guard let response else { throw HTTPClientError.deadlineExceeded }
      return response
    } catch {
      throw await errors.explain(error, destination, timeout: timeout)
    }
  }

  package func stream(_ request: AWSHTTPRequest, timeout: Duration) async throws -> AWSHTTPStream {
    try await stream(request, limits: ReplyLimits(silence: timeout))
  }

  package func stream(_ request: AWSHTTPRequest, limits: ReplyLimits) async throws -> AWSHTTPStream {
    let destination = try destination(of: request)
    let clock = ReplyClock(limits)
    let outgoing = Self.outgoing(request, to: destination, clock: clock)
    let client = try routes.client(for: destination)
    do {
      let response = try await waits.within(clock) {
        // The clock ends what takes too long; it begins when the request is sent, not while it waits for a connection.
        try await client.execute(outgoing, deadline: .distantFuture)
      }
      let head = Self.head(response)
      try ConnectionErrors.refuseProxysReply(head, destination)
      let body = Pieces(response.body)
      return AWSHTTPStream(
        head: head,
        pieces: { [self] isContinued in
          if !isContinued { clock.begin() }
          do {
            return try await waits.within(clock) { try await body.next() }
          } catch {
            throw await errors.explain(error, destination, clock: clock)
          }
        })
    } catch {
      throw await errors.explain(error, destination, clock: clock)
    }
  }

  /// The body of a streamed reply.
  private actor Pieces {
    private var iterator: HTTPClientResponse.Body.AsyncIterator
    private var isReading = false
    private var isOver = false

    init(_ body: HTTPClientResponse.Body) { iterator = body.makeAsyncIterator() }

    /// - Throws: ``AWSClientError/secondReader`` while another call is waiting.
    func next() async throws -> [UInt8]? {
      guard !isReading else { throw AWSClientError.secondReader }
      guard !isOver else { return nil }
      isReading = true
      defer { isReading = false }
      var current = iterator
      isOver = true  // An error ends the body too; only more bytes reset this.
      guard let buffer = try await current.next(isolation: #isolation) else { return nil }
      iterator = current
      isOver = false
      return Array(buffer.readableBytesView)
    }
  }

  private static func exchange(
    _ request: HTTPClientRequest, client: HTTPClient, _ destination: Destination
  ) async throws -> AWSHTTPResponse {
    // This timeout is never reached, because the caller sets the deadline.
    let response = try await client.execute(request, timeout: .hours(25))
    let head = head(response)
    try ConnectionErrors.refuseProxysReply(head, destination)
    var body = Data()
    for try await buffer in response.body {
      guard body.count + buffer.readableBytes <= bodyBytesMax else {
        throw AWSClientError(
          .response, "\(destination.authority) sent a reply of over \(bodyBytesMax >> 20) MB; it was not read further.")
      }
      body.append(contentsOf: buffer.readableBytesView)
    }
    return AWSHTTPResponse(head: head, body: body)
  }

  private static func head(_ response: HTTPClientResponse) -> HTTPResponse {
    var fields = HTTPFields()
    for (name, value) in response.headers {
      if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
    }
    return HTTPResponse(status: .init(code: Int(response.status.code)), headerFields: fields)
  }
}
