package import AWSWire
import AsyncHTTPClient
import Foundation
import HTTPTypes
import NIOCore
import NIOHTTP1

/// The transport over the network, on async-http-client.
package struct AsyncHTTPTransport: HTTPTransport {
  /// The limit of a whole reply in bytes; the largest one that is asked for is under 1 MB.
  private static let bodyBytesMax = 16 * 1_024 * 1_024

  private let client: HTTPClient
  /// A reply fails if no byte arrives for this long.
  let idleSecondsMax: Int64

  private init(client: HTTPClient, idleSecondsMax: Int64) {
    self.client = client
    self.idleSecondsMax = idleSecondsMax
  }

  /// Runs `body` with a transport and closes its connections afterwards.
  /// - Parameters:
  ///   - idleSecondsMax: a reply fails if no byte arrives for this long. Models may take minutes to their first token.
  ///   - connectionsMax: connections to one host.
  package static func with<Output: Sendable>(
    idleSecondsMax: Int64 = 30, connectionsMax: Int = 16, _ body: (AsyncHTTPTransport) async throws -> Output
  ) async throws -> Output {
    var configuration = HTTPClient.Configuration()
    configuration.redirectConfiguration = .disallow  // The signature is for the first host only.
    configuration.timeout.connect = .seconds(10)
    configuration.timeout.read = .seconds(idleSecondsMax)
    // AWSClient retries: it counts attempts and keeps to the retry quota.
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connectionsMax
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    do {
      let output = try await body(AsyncHTTPTransport(client: client, idleSecondsMax: idleSecondsMax))
      try? await client.shutdown()
      return output
    } catch {
      try? await client.shutdown()
      throw error
    }
  }

  private static func outgoing(_ request: AWSHTTPRequest) -> HTTPClientRequest {
    let head = request.head
    let host = head.authority ?? ""
    var outgoing = HTTPClientRequest(url: "\(head.scheme ?? "https")://\(host)\(head.path ?? "/")")
    outgoing.method = HTTPMethod(rawValue: head.method.rawValue)
    for field in head.headerFields { outgoing.headers.add(name: field.name.rawName, value: field.value) }
    if !request.body.isEmpty { outgoing.body = .bytes(ByteBuffer(bytes: request.body)) }
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
    let host = request.head.authority ?? ""
    let outgoing = Self.outgoing(request)
    do {
      // The client's own deadline ends at the head, as ours does, and needs no task with a timer.
      let response = try await client.execute(outgoing, timeout: .nanoseconds(Self.nanoseconds(timeout)))
      let body = Pieces(response.body)
      return AWSHTTPStream(head: Self.head(response)) { [self] in
        do { return try await body.next() } catch { throw explain(error, host: host, timeout: timeout) }
      }
    } catch {
      throw explain(error, host: host, timeout: timeout)
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

  /// A timeout for async-http-client, of at most a day.
  private static func nanoseconds(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = min(max(duration, .zero), .seconds(86_400)).components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }
}
