package import AWSServer
import AWSWire
import Foundation
package import Reports
import Synchronization

/// The live page, and the server-sent events that keep it up to date. Nothing in them changes anything.
package final class LivePages: Sendable {
  /// Browsers that may look at a time, each of which gets an event a second at most.
  private static let watchersMax = 32
  /// Between two looks at the state.
  private static let interval = Duration.seconds(1)
  /// The page takes a connection for lost that is silent for longer.
  private static let beatSeconds = 10
  private static let headers: [(name: String, value: String)] = [
    ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
    ("X-Frame-Options", "DENY"), ("Content-Security-Policy", "frame-ancestors 'none'"),
  ]

  private let watchers = Mutex(0)

  package init() {}

  /// The whole page.
  package func page(_ status: LiveStatus) -> ServerResponse {
    guard let html = try? LivePage(status).html() else { return ServerResponse(status: 500, headers: [], body: Data()) }
    return ServerResponse(
      status: 200, headers: [("Content-Type", "text/html; charset=utf-8")] + Self.headers, body: Data(html.utf8))
  }

  /// A stream of events for one browser, which ends when the gateway does.
  /// - Parameter status: the state now; it is asked for once a second.
  package func events(_ status: @escaping @Sendable () -> LiveStatus) -> ServerResponse {
    let isAdmitted = watchers.withLock { count in
      guard count < Self.watchersMax else { return false }
      count += 1
      return true
    }
    guard isAdmitted else {
      var refusal = ServerResponse(
        status: 503, headers: [("Content-Type", "text/plain; charset=utf-8"), ("Retry-After", "30")],
        body: Data("Too many browsers are looking; try again later.\n".utf8))
      refusal.endsConnection = true
      return refusal
    }
    let place = OneShot(())
    let leave: @Sendable () -> Void = { [self] in
      if place.take() != nil { watchers.withLock { $0 -= 1 } }
    }
    var response = ServerResponse(
      status: 200, headers: [("Content-Type", "text/event-stream; charset=utf-8"), ("X-Accel-Buffering", "no")] + Self.headers,
      body: Data())
    // A write tells that the client has left; this is for one that leaves before the first.
    response.stream = ServerResponse.Stream { sink in
      defer { leave() }
      try await Self.write(status, to: &sink)
    } clientIsGone: {
      leave()
    }
    return response
  }

  private static func write(_ status: @Sendable () -> LiveStatus, to sink: inout any ResponseSink) async throws {
    var parts = LivePageParts()
    var silence = 0
    try await sink.write(Array("retry: 2000\n\n".utf8))
    while true {
      let now = status()
      if let event = parts.changes(to: now) {
        silence = 0
        try await sink.write(Array("data: \(event)\n\n".utf8))
      } else {
        silence += 1
        if silence >= beatSeconds {
          silence = 0
          try await sink.write(Array("data: \(LivePageParts.beat(at: now.at))\n\n".utf8))
        }
      }
      // It would keep the gateway from ending.
      if now.gateway?.isDraining == true { return }
      try await Task.sleep(for: interval)
    }
  }
}
