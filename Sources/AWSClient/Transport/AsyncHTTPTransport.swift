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

  private let client: HTTPClient
  private let waits = ReplyWaits()

  private init(client: HTTPClient) { self.client = client }

  /// Runs `body` with a transport and closes its connections afterwards.
  /// - Parameter connectionsMax: connections to one host.
  package static func with<Output: Sendable>(
    connectionsMax: Int = 16, _ body: (AsyncHTTPTransport) async throws -> Output
  ) async throws -> Output {
    var configuration = HTTPClient.Configuration()
    configuration.redirectConfiguration = .disallow  // The signature is for the first host only.
    configuration.timeout.connect = .seconds(10)
    // AWSClient retries: it counts attempts and keeps to the retry quota.
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connectionsMax
    // A request that goes out as the server closes the connection can't be told from one whose reply was lost.
    configuration.connectionPool.idleTimeout = .seconds(20)
    configuration.http1_1ConnectionDebugInitializer = { StatusGuard.install(in: $0) }
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    do {
      let transport = AsyncHTTPTransport(client: client)
      let output = try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { [waits = transport.waits] in await waits.run() }
        defer { group.cancelAll() }
        return try await body(transport)
      }
      try? await client.shutdown()
      return output
    } catch {
      try? await client.shutdown()
      throw error
    }
  }

  /// - Parameter clock: gets to know how much of the body has left.
  private static func outgoing(_ request: AWSHTTPRequest, clock: ReplyClock? = nil) -> HTTPClientRequest {
    let head = request.head
    let host = head.authority ?? ""
    var outgoing = HTTPClientRequest(url: "\(head.scheme ?? "https")://\(host)\(head.path ?? "/")")
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
    let host = request.head.authority ?? ""
    let outgoing = Self.outgoing(request)
    do {
      return try await Self.within(timeout) { [client, outgoing] in
        try await Self.exchange(outgoing, client: client, host: host, timeout: timeout)
      }
    } catch {
      throw explain(error, host: host, timeout: timeout)
    }
  }

  package func stream(_ request: AWSHTTPRequest, timeout: Duration) async throws -> AWSHTTPStream {
    try await stream(request, limits: ReplyLimits(silence: timeout))
  }

  package func stream(_ request: AWSHTTPRequest, limits: ReplyLimits) async throws -> AWSHTTPStream {
    let host = request.head.authority ?? ""
    let clock = ReplyClock(limits)
    let outgoing = Self.outgoing(request, clock: clock)
    do {
      let response = try await waits.within(clock) { [client] in
        // The clock ends what takes too long; it begins when the request is sent, not while it waits for a connection.
        try await client.execute(outgoing, deadline: .distantFuture)
      }
      let body = Pieces(response.body)
      return AWSHTTPStream(
        head: Self.head(response),
        pieces: { [self] isContinued in
          if !isContinued { clock.begin() }
          do {
            return try await waits.within(clock) { try await body.next() }
          } catch {
            throw explain(error, host: host, clock: clock)
          }
        })
    } catch {
      throw explain(error, host: host, clock: clock)
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

  /// One deadline for head and body; the client's own deadline ends at the head.
  private static func within<Output: Sendable>(
    _ timeout: Duration, _ body: @escaping @Sendable () async throws -> Output
  ) async throws -> Output {
    try await withThrowingTaskGroup(of: Output?.self) { group in
      group.addTask { try await body() }
      group.addTask {
        try await Task.sleep(for: timeout)
        return nil
      }
      defer { group.cancelAll() }
      guard let first = try await group.next(), let output = first else { throw HTTPClientError.deadlineExceeded }
      return output
    }
  }

  private static func exchange(
    _ request: HTTPClientRequest, client: HTTPClient, host: String, timeout: Duration
  ) async throws -> AWSHTTPResponse {
    // This timeout is never reached, because the caller sets the deadline.
    let response = try await client.execute(request, timeout: .hours(25))
    var body = Data()
    for try await buffer in response.body {
      guard body.count + buffer.readableBytes <= bodyBytesMax else {
        throw AWSClientError(.response, "\(host) sent a reply of over \(bodyBytesMax >> 20) MB; it was not read further.")
      }
      body.append(contentsOf: buffer.readableBytesView)
    }
    return AWSHTTPResponse(head: head(response), body: body)
  }

  private static func head(_ response: HTTPClientResponse) -> HTTPResponse {
    var fields = HTTPFields()
    for (name, value) in response.headers {
      if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
    }
    return HTTPResponse(status: .init(code: Int(response.status.code)), headerFields: fields)
  }
}
