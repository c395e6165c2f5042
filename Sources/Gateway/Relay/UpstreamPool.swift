import AWSClient
import AWSWire
import NIOCore

/// The connections of one event loop.
///
/// One timer looks at all of them, so that no request needs a timer of its own.
final class UpstreamPool {
  /// AWS closes connections that are idle for 60 s or longer.
  private static let idleMax = TimeAmount.seconds(55)
  /// The longest time between two looks at the connections.
  private static let tick = TimeAmount.seconds(5)
  /// How late a look may be.
  private static let slack = TimeAmount.milliseconds(50)
  /// Hosts that are remembered: few, for no request names one.
  private static let hostsMax = 1_000

  let loop: any EventLoop
  private let connector: UpstreamConnector
  private let connectionsMax: Int
  private var hosts: [UpstreamHost] = []
  private var open: [ObjectIdentifier: UpstreamConnection] = [:]
  private var idleCount = 0
  private var isClosed = false
  private var timer: Scheduled<Void>?
  private var timerAt = NIODeadline.distantFuture

  init(on loop: any EventLoop, connector: UpstreamConnector, connectionsMax: Int) {
    self.loop = loop
    self.connector = connector
    self.connectionsMax = connectionsMax
  }

  func makePromise() -> EventLoopPromise<Void> { loop.makePromise() }

  var counts: UpstreamConnections.Counts { UpstreamConnections.Counts(open: open.count, idle: idleCount) }

  /// - Throws: ``AWSClientError`` (`configuration`) if the variable that names the proxy can't be read.
  func host(scheme: String, authority: String) throws -> UpstreamHost {
    // There are one to three, so looking through them is faster than hashing.
    if let known = hosts.first(where: { $0.matches(scheme: scheme, authority: authority) }) { return known }
    let host = UpstreamHost(try connector.destination(scheme: scheme, authority: authority))
    // Idle connections of a host that is forgotten are closed in their time.
    if hosts.count >= Self.hostsMax { hosts.removeAll() }
    hosts.append(host)
    return host
  }

  /// Sends a request on an idle connection, else on a new one.
  func start(_ exchange: UpstreamExchange, takesIdle: Bool) {
    guard !isClosed else { return exchange.fail(UpstreamFailure.closing) }
    let host = exchange.host
    if takesIdle, let connection = host.idle.popLast() {
      idleCount -= 1
      exchange.usedIdleConnection = true
      return connection.send(exchange)
    }
    guard open.count < connectionsMax || closeOldestIdle() else { return exchange.fail(exhausted(host.destination)) }
    let connection = UpstreamConnection(to: host, in: self, for: exchange)
    open[ObjectIdentifier(connection)] = connection
    connector.connect(connection, on: loop)
  }

  /// A connection has become free.
  func release(_ connection: UpstreamConnection) {
    guard !isClosed else { return connection.close() }
    connection.host.idle.append(connection)
    idleCount += 1
    schedule(by: connection.freeSince + Self.idleMax)
  }

  /// An idle connection is closed.
  func unlist(_ connection: UpstreamConnection) {
    guard let index = connection.host.idle.lastIndex(where: { $0 === connection }) else { return }
    connection.host.idle.remove(at: index)
    idleCount -= 1
  }

  /// A connection has ended, or was never made.
  func remove(_ connection: UpstreamConnection) {
    open[ObjectIdentifier(connection)] = nil
    guard open.isEmpty else { return }
    timer?.cancel()
    (timer, timerAt) = (nil, .distantFuture)
  }

  /// Makes room for a connection to another host.
  private func closeOldestIdle() -> Bool {
    let idle = open.values.lazy.filter(\.isIdle)
    guard let oldest = idle.min(by: { $0.freeSince < $1.freeSince }) else { return false }
    remove(oldest)
    oldest.close()
    return true
  }

  private func exhausted(_ destination: Destination) -> AWSClientError {
    var error = AWSClientError(
      .transport,
      "All \(connectionsMax) connections that one thread may have are in use, and \(destination.authority) needs one; raise the limit of open files (ulimit -n)."
    )
    error.delivery = .exhausted
    return error
  }

  // MARK: Time

  /// Looks at the connections at a deadline, or shortly afterwards.
  func schedule(by deadline: NIODeadline) {
    guard deadline + Self.slack < timerAt else { return }
    timer?.cancel()
    let now = NIODeadline.now()
    timerAt = max(min(deadline, now + Self.tick), now + .milliseconds(5))
    timer = loop.assumeIsolated().scheduleTask(deadline: timerAt) { [self] in
      (timer, timerAt) = (nil, .distantFuture)
      look(at: .now())
    }
  }

  private func look(at now: NIODeadline) {
    // A copy, because connections that are closed remove themselves.
    for connection in Array(open.values) { connection.look(at: now, idleMax: Self.idleMax) }
    if let next = open.values.lazy.compactMap({ $0.deadline(idleMax: Self.idleMax) }).min() { schedule(by: next) }
  }

  /// Closes all connections; requests on them fail.
  func close() -> EventLoopFuture<Void> {
    isClosed = true
    let ends = open.values.map(\.closed)
    for connection in Array(open.values) { connection.close() }
    return EventLoopFuture.andAllComplete(ends, on: loop)
  }
}

@available(*, unavailable)
extension UpstreamPool: Sendable {}
