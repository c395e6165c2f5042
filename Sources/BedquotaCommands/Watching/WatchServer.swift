import AWSServer
import AWSWire
import Bedquota
import Foundation
import Gateway
import Logging
import Reports

/// Serves what a watch has read: metrics for Prometheus, and for `serve` the live page.
struct WatchServer: Sendable {
  /// What is served, and to whom.
  enum Access: Sendable {
    /// `/metrics`, to whoever reaches the port.
    case everybody
    /// All pages, to operators.
    case operators(OperatorAccess)
  }

  /// A reading needs pages of the program again, and is seconds of an interval of minutes.
  private static let pagesInterval = Duration.seconds(60)

  private let access: Access
  private let watch: UsageWatch
  private let livePages = LivePages()
  private let readingText = ReadingText()
  private let startedAt = Int(Date().timeIntervalSince1970)
  private let host: String
  private let port: Int
  private let logger: Logger

  init(_ watch: UsageWatch, host: String, port: Int, access: Access, logger: Logger) {
    (self.watch, self.host, self.port, self.access, self.logger) = (watch, host, port, access, logger)
  }

  /// Reads the places and serves what was read, until SIGTERM or SIGINT.
  func run(with places: PlaceWatch, console: Console) async throws {
    try await places.run(beside: WatchLog(watch, console)) {
      try await ServerProcess.with(givingBackEvery: Self.pagesInterval) { tell in
        try await run { url in
          console.print(url)
          tell(.ready)
        }
        tell(.stopping)
      }
    }
  }

  private func run(onReady: @escaping @Sendable (String) async -> Void) async throws {
    var logger = logger
    // The server logs its own cancellation as an error.
    if logger.logLevel > .debug { logger.logLevel = .critical }
    let server = HTTPServer(host: host, port: port, limits: .pages, logger: logger, open: open)
    try await server.run(stopsOnSignals: true, onReady: onReady)
  }

  func open(_ head: ServerRequest) -> HTTPOpening {
    let isReading = head.method == "GET" || head.method == "HEAD"
    guard isReading else { return Self.text(405, "This address is read only.", [("Allow", "GET, HEAD")]) }
    switch head.path {
    case "/livez": return Self.text(200, "ok")
    case "/readyz", "/health": return ready
    case "/metrics", "/", "/status", "/events": return page(head)
    default: return Self.notThere
    }
  }

  private func page(_ head: ServerRequest) -> HTTPOpening {
    let accept = head.header("accept")
    switch access {
    case .everybody:
      // A page of the web can make its name point to this machine, and then read what it likes.
      if LoopbackName.contains(host), OperatorAccess.isFromWebPage(head) {
        return Self.text(403, "Web pages may not read this; ask for the address itself, \(host):\(port).")
      }
      switch head.path {
      case "/metrics": return .body { _, _ in metrics(accept: accept) }
      case "/": return Self.text(200, "The metrics are at /metrics.")
      default: return Self.notThere
      }
    case .operators(let operators):
      guard operators.admits(head, peer: head.peer) else { return notAdmitted(operators) }
      switch head.path {
      case "/metrics": return .body { _, _ in metrics(accept: accept) }
      case "/": return .body { _, _ in livePages.page(status) }
      case "/status": return .body { _, _ in status.reply() }
      default: return head.method == "GET" ? .body { _, _ in livePages.events { status } } : Self.notThere
      }
    }
  }

  private static let notThere = text(404, "There is no such page; /metrics has the metrics.")

  var status: LiveStatus { LiveStatus(watch.current, every: watch.settings.interval, now: Int(Date().timeIntervalSince1970)) }

  private func metrics(accept: String?) -> ServerResponse {
    let format = ExpositionFormat(accept: accept)
    let state = watch.current
    let read = readingText.text(ReadingText.Key(version: state.version, format: format)) {
      Exposition.text(families(of: state, hasCounters: true), format, isWhole: false)
    }
    var process = MetricFamilies()
    process.write(.current(), startedAt: startedAt)
    let text = read + Exposition.text(process, format)
    return ServerResponse(status: 200, headers: [("Content-Type", format.contentType)], body: Data(text.utf8))
  }

  /// What is written to a file, or printed: without metrics of the process, which node_exporter has itself.
  /// - Parameter isOnce: counters would all be 0.
  func families(isOnce: Bool) -> MetricFamilies {
    families(of: watch.current, hasCounters: !isOnce)
  }

  private func families(of state: UsageWatch.State, hasCounters: Bool) -> MetricFamilies {
    var families = MetricFamilies()
    families.write(state, hasCounters: hasCounters, now: Int(Date().timeIntervalSince1970))
    if hasCounters { families.write(version: BedquotaVersion.current, interval: watch.settings.interval) }
    return families
  }

  private var ready: HTTPOpening {
    let places = watch.current.places
    if places.contains(where: { $0.readAt != nil }) { return Self.text(200, "ok") }
    return Self.text(503, places.compactMap(\.problem).first ?? "CloudWatch was not read yet.")
  }

  private func notAdmitted(_ operators: OperatorAccess) -> HTTPOpening {
    guard operators.hasSecret else {
      return Self.text(
        403,
        "Without a secret in \(AdminSecret.variable), only programs and browsers on this machine may look, and no other web page."
      )
    }
    return Self.text(
      401, "The password is the secret in \(AdminSecret.variable), with any user name.",
      [("WWW-Authenticate", "Basic realm=\"bedquota\", charset=\"UTF-8\"")])
  }

  private static func text(_ status: Int, _ text: String, _ headers: [(name: String, value: String)] = []) -> HTTPOpening {
    .reply(
      ServerResponse(
        status: status, headers: [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")] + headers,
        body: Data("\(text.printable)\n".utf8)))
  }
}
