import BedrockQuotas
package import Logging
import Synchronization

/// One line for each change of the gateway's state, for the people who run it. What stays the same is not said again.
package final class StateLog: Sendable {
  /// The time between two lines about the throttles of one pool.
  private static let throttleSeconds: Int64 = 60
  /// Pools that are told apart; the lines of further ones are not bounded by pool but together.
  private static let poolsMax = 500

  private struct State {
    var credentialsProblem: String?
    /// By Region.
    var quotasProblems: [String: String] = [:]
    var refusal: (problem: String, since: Int64)?
    var throttles: [PoolSeriesKey: (since: Int64, unsaid: Int)] = [:]
  }

  private let logger: Logger
  private let state = Mutex(State())

  package init(_ logger: Logger) { self.logger = logger }

  /// - Parameter quotas: how many were read; 0 if AWS denies them.
  package func ready(region: String, quotas: Int) {
    logger.notice("The gateway is ready.", metadata: ["region": "\(region)", "quotas read": "\(quotas)"])
  }

  /// - Parameter change: such as `L-1234 tpm 200000 -> 400000`.
  package func quotaChanged(_ pool: PoolSeriesKey, _ change: String) {
    var metadata = Self.metadata(pool)
    metadata["change"] = "\(change)"
    logger.notice("A quota of the account has changed.", metadata: metadata)
  }

  private static func metadata(_ pool: PoolSeriesKey) -> Logger.Metadata {
    ["pool": "\(pool.id)", "region": "\(pool.region)", "endpoint": "\(pool.endpoint.rawValue)"]
  }

  /// - Parameter problem: why the quotas can't be read, and what counts meanwhile; nil: they can.
  package func quotas(of region: String, problem: String?) {
    let isNew = state.withLock { state in
      defer { state.quotasProblems[region] = problem }
      return state.quotasProblems[region] != problem
    }
    guard isNew else { return }
    if let problem {
      logger.error("Quotas can't be read; the gateway tries again.", metadata: ["problem": "\(problem)"])
    } else {
      logger.notice("The quotas can be read again.", metadata: ["region": "\(region)"])
    }
  }

  /// AWS throttled a request that the limiter took for safe. Somebody else uses the quota, or it is less than AWS says.
  package func throttledUnforeseen(_ pool: PoolSeriesKey, atSeconds seconds: Int64) {
    let unsaid = state.withLock { state -> Int? in
      let pool = state.throttles[pool] == nil && state.throttles.count >= Self.poolsMax ? pool.folded : pool
      guard let last = state.throttles[pool], seconds - last.since < Self.throttleSeconds else {
        defer { state.throttles[pool] = (seconds, 0) }
        return state.throttles[pool]?.unsaid ?? 0
      }
      state.throttles[pool]?.unsaid += 1
      return nil
    }
    guard let unsaid else { return }
    var metadata = Self.metadata(pool)
    if unsaid > 0 { metadata["before"] = "\(unsaid)" }
    logger.warning("AWS throttled a request that should have had room; does somebody else use this quota?", metadata: metadata)
  }

  /// AWS doesn't let the gateway itself do what a caller asked for. One line a minute says why, unless the reason changes.
  package func refusedByAWS(_ problem: String, atSeconds seconds: Int64) {
    let problem = String(problem.prefix(1_000))
    let isNew = state.withLock { state in
      if let last = state.refusal, last.problem == problem || seconds - last.since < 5, seconds - last.since < 60 { return false }
      state.refusal = (problem, seconds)
      return true
    }
    guard isNew else { return }
    logger.error("AWS refuses the gateway; its callers get a 502.", metadata: ["problem": "\(problem)"])
  }

  /// - Parameter problem: why there are no credentials; nil: there are.
  package func credentials(problem: String?) {
    let isNew = state.withLock { state in
      defer { state.credentialsProblem = problem }
      return state.credentialsProblem != problem
    }
    guard isNew else { return }
    if let problem {
      logger.error("There are no AWS credentials; requests fail until there are.", metadata: ["problem": "\(problem)"])
    } else {
      logger.notice("There are AWS credentials again.")
    }
  }

  /// - Parameter kept: sentences about what can't change while the gateway runs.
  package func configurationReloaded(file: String, kept: [String] = []) {
    for sentence in kept { logger.warning("\(sentence)", metadata: ["file": "\(file)"]) }
    logger.notice("The configuration was read again, and holds for new requests.", metadata: ["file": "\(file)"])
  }

  /// - Parameter problems: each with its file and line.
  package func configurationRefused(file: String, problems: [String]) {
    for problem in problems { logger.error("configuration refused: \(problem)") }
    logger.error("The configuration can't be used; the one before stays in force.", metadata: ["file": "\(file)"])
  }

  package func accessLog(_ event: AccessLog.Event) {
    switch event {
    case .failing(let problem): logger.error("Lines of the access log are being lost.", metadata: ["problem": "\(problem)"])
    case .ended(let problem): logger.error("The access log has ended; requests go on.", metadata: ["problem": "\(problem)"])
    case .notReopened(let problem):
      logger.error(
        "The access log can't be opened again; lines go on into the file of before.", metadata: ["problem": "\(problem)"])
    case .recovered: logger.notice("The access log is written again.")
    }
  }

  package func draining(_ action: GatewayDrain.Action, _ limits: GatewayDrain.Limits) {
    switch action {
    case .announce:
      logger.notice(
        "The gateway is ending: it is no longer ready, and takes requests for a while yet.",
        metadata: ["seconds": "\(limits.delay.components.seconds)"])
    case .finish:
      logger.notice(
        "No more connections are accepted; what has begun is finished.",
        metadata: ["seconds at most": "\(limits.finish.components.seconds)"])
    case .end: logger.notice("The gateway ends now, whatever has not finished.")
    case .none: break
    }
  }
}
