package import AWSWire
import AsyncHTTPClient
import Foundation
import HTTPTypes
import NIOCore
import NIOHTTP1

/// The transport that talks to the network, on async-http-client.
package struct AsyncHTTPTransport: HTTPTransport {
  /// Replies over this many bytes are refused: the largest one we ask for is under 1 MB.
  private static let bodyBytesMax = 16 * 1_024 * 1_024

  private let client: HTTPClient
  /// A connection that is silent for longer is given up.
  private let idleSecondsMax: Int64

  private init(client: HTTPClient, idleSecondsMax: Int64) {
    self.client = client
    self.idleSecondsMax = idleSecondsMax
  }

  /// Runs `body` with a transport and closes its connections afterwards.
  /// - Parameters:
  ///   - idleSecondsMax: a model may think for minutes before its first word.
  ///   - connectionsMax: to one host.
  package static func with<Result: Sendable>(
    idleSecondsMax: Int64 = 30, connectionsMax: Int = 16, _ body: (AsyncHTTPTransport) async throws -> Result
  ) async throws -> Result {
    var configuration = HTTPClient.Configuration()
    configuration.redirectConfiguration = .disallow  // A redirected request would carry a signature for another host.
    configuration.timeout.connect = .seconds(10)
    configuration.timeout.read = .seconds(idleSecondsMax)
    // Retrying is AWSClient's business, which counts attempts and keeps to the retry quota.
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connectionsMax
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    do {
      let result = try await body(AsyncHTTPTransport(client: client, idleSecondsMax: idleSecondsMax))
      try? await client.shutdown()
      return result
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
    } catch let error as AWSClientError {
      throw error
    } catch {
      throw explain(error, host: host, timeout: timeout)
    }
  }

  package func stream(_ request: AWSHTTPRequest, timeout: Duration) async throws -> AWSHTTPStream {
    let host = request.head.authority ?? ""
    let outgoing = Self.outgoing(request)
    do {
      // The client's deadline is for the head, as is ours; a sleep beside each of a million requests would outlive them.
      let response = try await client.execute(outgoing, timeout: .nanoseconds(Self.nanoseconds(timeout)))
      let body = Pieces(response.body)
      return AWSHTTPStream(head: Self.head(response)) { [self] in
        do { return try await body.next() } catch { throw explain(error, host: host, timeout: timeout) }
      }
    } catch let error as AWSClientError {
      throw error
    } catch {
      throw explain(error, host: host, timeout: timeout)
    }
  }

  /// One reader's place in a body.
  private actor Pieces {
    private var iterator: HTTPClientResponse.Body.AsyncIterator?

    init(_ body: HTTPClientResponse.Body) { iterator = body.makeAsyncIterator() }

    func next() async throws -> [UInt8]? {
      guard var current = iterator else { return nil }
      // Out of the way while it waits: two readers would otherwise use one place at once.
      iterator = nil
      let buffer = try await current.next(isolation: #isolation)
      iterator = buffer == nil ? nil : current
      return buffer.map { Array($0.readableBytesView) }
    }
  }

  /// One deadline for head and body: a reply that drips is as bad as none, and the client's own deadline ends at the head.
  private static func within<Result: Sendable>(
    _ timeout: Duration, _ body: @escaping @Sendable () async throws -> Result
  ) async throws -> Result {
    try await withThrowingTaskGroup(of: Result?.self) { group in
      group.addTask { try await body() }
      group.addTask {
        try await Task.sleep(for: timeout)
        return nil
      }
      defer { group.cancelAll() }
      guard let first = try await group.next(), let result = first else { throw HTTPClientError.deadlineExceeded }
      return result
    }
  }

  private static func exchange(
    _ request: HTTPClientRequest, client: HTTPClient, host: String, timeout: Duration
  ) async throws -> AWSHTTPResponse {
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

  private func explain(_ error: any Error, host: String, timeout: Duration) -> any Error {
    if error is CancellationError { return error }
    if let error = error as? HTTPClientError {
      switch error {
      case .cancelled: return CancellationError()
      case .connectTimeout:
        return AWSClientError(
          .timeout, "No connection to \(host) in time; check the Region, the endpoint and the network.",
          parameters: ["region", "endpointURL"], underlying: error)
      case .readTimeout:
        return AWSClientError(.timeout, "\(host) fell silent for \(idleSecondsMax) s; try again.", underlying: error)
      case .deadlineExceeded, .writeTimeout, .getConnectionFromPoolTimeout, .tlsHandshakeTimeout:
        return AWSClientError(
          .timeout, "\(host) did not answer within \(Self.seconds(timeout)) s; try again or raise the timeout.",
          parameters: ["timeout"], underlying: error)
      default: break
      }
    }
    let what = "\(error)"
    if what.contains("Name or service not known") || what.contains("nodename nor servname") || what.contains("UnknownHost")
      || what.contains("no address associated") || what.contains("Temporary failure in name resolution")
    {
      return AWSClientError(
        .transport, "There is no host \(host); check the Region (is Bedrock offered there?) and the endpoint.",
        parameters: ["region", "endpointURL"], underlying: error)
    }
    if what.contains("NIOConnectionError") || what.contains("Connection refused") {
      return AWSClientError(
        .transport, "\(host) can't be reached; check the endpoint, the Region and the network.",
        parameters: ["endpointURL", "region"], underlying: error)
    }
    return AWSClientError(.transport, "The connection to \(host) broke before the reply was whole; try again.", underlying: error)
  }

  /// At most a day.
  private static func nanoseconds(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = min(max(duration, .zero), .seconds(86_400)).components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }

  /// `60`, `0.5`
  private static func seconds(_ duration: Duration) -> String {
    let value = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    return value == value.rounded() ? "\(duration.components.seconds)" : "\(value)"
  }
}
