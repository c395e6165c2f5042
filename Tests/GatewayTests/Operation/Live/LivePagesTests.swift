import AWSServer
import Foundation
import Reports
import Synchronization
import Testing

@testable import Gateway

@Suite(.timeLimit(.minutes(5))) struct LivePagesTests {
  /// Keeps what a stream writes, and fails when the client has left.
  private final class Written: Sendable {
    private let state = Mutex((text: "", isGone: false))
    var text: String { state.withLock { $0.text } }
    func leave() { state.withLock { $0.isGone = true } }
    func write(_ bytes: [UInt8]) throws {
      try state.withLock { state in
        if state.isGone { throw CancellationError() }
        state.text += String(decoding: bytes, as: UTF8.self)
      }
    }
  }

  private struct Sink: ResponseSink {
    let written: Written
    func write(_ bytes: [UInt8]) async throws { try written.write(bytes) }
  }

  private static func status(waiting: Int, isDraining: Bool = false) -> LiveStatus {
    var gateway = LiveStatus.Gateway(
      version: "1", startedAt: Timestamp(seconds: 0), now: Timestamp(seconds: 9), configurationLoadedAt: Timestamp(seconds: 0))
    gateway.isDraining = isDraining
    var pool = LiveStatus.Pool(id: "m", account: "own", region: "us-east-1", endpoint: "runtime", status: "resolved")
    pool.waiting = waiting
    return LiveStatus(source: .gateway, at: Timestamp(seconds: 9), gateway: gateway, pools: [pool])
  }

  private func stream(_ pages: LivePages, _ status: @escaping @Sendable () -> LiveStatus) throws -> ServerResponse.Stream {
    let reply = pages.events(status)
    #expect(reply.status == 200 && reply.headers.contains { $0.value.hasPrefix("text/event-stream") })
    return try #require(reply.stream)
  }

  @Test func thePageIsNeitherKeptNorFramed() {
    let page = LivePages().page(Self.status(waiting: 3))
    #expect(page.status == 200 && String(decoding: page.body, as: UTF8.self).hasPrefix("<!doctype html>"))
    let headers = Dictionary(page.headers.map { ($0.name, $0.value) }) { $1 }
    #expect(headers["Cache-Control"] == "no-store" && headers["X-Frame-Options"] == "DENY")
  }

  @Test func theEndOfTheGatewayIsTheEndOfTheEvents() async throws {
    let calls = Mutex(0)
    let stream = try stream(LivePages()) {
      let call = calls.withLock { count in
        count += 1
        return count
      }
      return Self.status(waiting: call, isDraining: call == 2)
    }
    let written = Written()
    var sink: any ResponseSink = Sink(written: written)
    try await stream.write(&sink)
    let events = written.text.split(separator: "\n").filter { $0.hasPrefix("data: ") }
    #expect(events.count == 2 && written.text.hasPrefix("retry: 2000\n\n"))
    #expect(events[0].contains("\"order\"") && !events[1].contains("\"order\""))
  }

  @Test func soManyBrowsersAndNoMore() async throws {
    let pages = LivePages()
    let streams = try (0..<32).map { _ in try stream(pages) { Self.status(waiting: 0) } }
    #expect(pages.events { Self.status(waiting: 0) }.status == 503)
    streams[0].clientIsGone()
    streams[0].clientIsGone()
    _ = try stream(pages) { Self.status(waiting: 0) }
    #expect(pages.events { Self.status(waiting: 0) }.status == 503)
    // One that leaves while it is written to makes room too.
    let written = Written()
    written.leave()
    var sink: any ResponseSink = Sink(written: written)
    await #expect(throws: CancellationError.self) { try await streams[1].write(&sink) }
    _ = try stream(pages) { Self.status(waiting: 0) }
  }
}
