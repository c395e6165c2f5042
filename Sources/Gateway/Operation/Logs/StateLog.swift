import Bedquota
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
    /// By account, as the refusals.
    var credentialsProblems: [String: String] = [:]
    var quotasProblems: [Place: String] = [:]
    var refusals: [String: (problem: String, since: Int64)] = [:]
    var unforeseen: (type: String, since: Int64)?
    var throttles: [PoolLabel: (since: Int64, unsaid: Int)] = [:]
  }

  private let logger: Logger
  private let state = Mutex(State())

  package init(_ logger: Logger) { self.logger = logger }

  /// - Parameter quotas: how many were read; 0 if AWS denies them.
  package func ready(region: String, quotas: Int) {
    logger.notice("The gateway is ready.", metadata: ["region": "\(region)", "quotas read": "\(quotas)"])
  }

  /// - Parameter change: such as `L-1234 tpm 200000 -> 400000`.
  package func quotaChanged(_ pool: PoolLabel, _ change: String) {
    var metadata = Self.metadata(pool)
    metadata["change"] = "\(change)"
    logger.notice("A quota of the account has changed.", metadata: metadata)
  }

  /// - Parameter change: a sentence.
  package func fleetChanged(_ change: String) { logger.notice("\(change)") }

  private static func metadata(_ pool: PoolLabel) -> Logger.Metadata {
    [
      "account": "\(pool.account)", "pool": "\(pool.id)", "region": "\(pool.region)", "endpoint": "\(pool.endpoint.rawValue)",
    ]
  }

  /// - Parameter problem: why the quotas can't be read, and what counts meanwhile; nil: they can.
  package func quotas(of account: String, region: String, problem: String?) {
    let place = Place(account: account, region: region)
    let isNew = state.withLock { state in
      defer { state.quotasProblems[place] = problem }
      return state.quotasProblems[place] != problem
    }
    guard isNew else { return }
    if let problem {
      logger.error(
        "Quotas can't be read; the gateway tries again.", metadata: ["account": "\(account)", "problem": "\(problem)"])
    } else {
      logger.notice("The quotas can be read again.", metadata: ["account": "\(account)", "region": "\(region)"])
    }
  }

  /// AWS throttled a request that the limiter took for safe. Somebody else uses the quota, or it is less than AWS says.
  package func throttledUnforeseen(_ pool: PoolLabel, atSeconds seconds: Int64) {
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

  /// AWS doesn't let the gateway itself do what a caller asked for. One line a minute says why for each account, unless the reason
  /// changes, and none while it is known that the account has no credentials.
  package func refusedByAWS(_ problem: String, account: String, atSeconds seconds: Int64) {
    let problem = String(problem.prefix(1_000))
    let isNew = state.withLock { state in
      guard state.credentialsProblems[account] == nil else { return false }
      if let last = state.refusals[account], last.problem == problem || seconds - last.since < 5, seconds - last.since < 60 {
        return false
      }
      state.refusals[account] = (problem, seconds)
      return true
    }
    guard isNew else { return }
    logger.error(
      "AWS refuses the gateway; its callers get a 502.", metadata: ["account": "\(account)", "problem": "\(problem)"])
  }

  /// A request failed for a reason that nobody foresaw. One line a minute says so, unless the reason changes.
  /// - Parameter type: of the error. Its text may hold what a caller sent.
  package func failedUnforeseen(_ type: String, atSeconds seconds: Int64) {
    let isNew = state.withLock { state in
      if let last = state.unforeseen, last.type == type, seconds - last.since < 60 { return false }
      state.unforeseen = (type, seconds)
      return true
    }
    guard isNew else { return }
    logger.error(
      "A request failed in a way that it should not, and its caller got a 500; please report it.", metadata: ["error": "\(type)"])
  }

  /// - Parameter problem: why there are no credentials; nil: there are.
  package func credentials(of account: String, problem: String?) {
    let isNew = state.withLock { state in
      defer { state.credentialsProblems[account] = problem }
      return state.credentialsProblems[account] != problem
    }
    guard isNew else { return }
    if let problem {
      logger.error(
        "There are no AWS credentials; requests fail until there are.",
        metadata: ["account": "\(account)", "problem": "\(problem)"])
    } else {
      logger.notice("There are AWS credentials again.", metadata: ["account": "\(account)"])
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
