import AWSClient
import Foundation
import NIOCore
import NIOPosix

@testable import AWSServer
@testable import Gateway

/// What the tests of the connections to AWS have in common.
enum RelayTest {
  static let loop = MultiThreadedEventLoopGroup.singleton.next()
  private static let executors = EventLoopExecutors()

  /// Runs `body` on an event loop, as the gateway runs a request, with connections that are closed afterwards.
  static func with<Output: Sendable>(
    _ network: NetworkSettings = .direct, connectionsMax: Int = 8_000, on loop: any EventLoop = loop,
    _ body: @escaping @Sendable (UpstreamConnections, any EventLoop) async throws -> Output
  ) async throws -> Output {
    let upstream = try UpstreamConnections(
      network: network, connectionsMax: connectionsMax, on: MultiThreadedEventLoopGroup.singleton)
    let result: Result<Output, any Error>
    do {
      result = .success(try await on(loop) { try await body(upstream, loop) })
    } catch {
      result = .failure(error)
    }
    await upstream.close()
    return try result.get()
  }

  /// Runs `body` on an event loop.
  static func on<Output: Sendable>(
    _ loop: any EventLoop, _ body: @escaping @Sendable () async throws -> Output
  ) async throws -> Output {
    try await Task(executorPreference: executors[loop]) { try await body() }.value
  }

  static func task<Output: Sendable>(
    on loop: any EventLoop, _ body: @escaping @Sendable () async throws -> Output
  ) -> Task<Output, any Error> {
    Task(executorPreference: executors[loop]) { try await body() }
  }

  /// Waits for what nobody announces. Tasks that only yield would keep the event loop from its network.
  static func until(_ loop: any EventLoop, _ isMet: @Sendable () async -> Bool) async throws {
    while await !isMet() { try await loop.scheduleTask(in: .milliseconds(1)) {}.futureResult.get() }
  }

  static func post(
    _ authority: String, scheme: String = "http", target: String = "/model/a/converse", method: String = "POST",
    headers: [(name: String, value: String)] = [], body: Data = Data("{}".utf8)
  ) -> UpstreamRequest {
    UpstreamRequest(method: method, scheme: scheme, authority: authority, target: target, headers: headers, body: body)
  }

  /// The rest of a reply's body.
  static func body(_ reply: any UpstreamReply) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    while let part = try await reply.next() { bytes += part.readableBytesView }
    return bytes
  }

  static func text(_ reply: any UpstreamReply) async throws -> String { String(decoding: try await body(reply), as: UTF8.self) }
}

extension Upstream {
  func open(_ request: UpstreamRequest, on loop: any EventLoop) async throws -> any UpstreamReply {
    try await open(request, silence: .seconds(60), on: loop)
  }
}
