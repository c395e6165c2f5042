import AWSWire
import Bedquota
import BedrockQuotas
import Reports
import Synchronization

/// Counts what the gateway does. Each event takes one lock for some hundred nanoseconds and writes no text; the text is made when
/// somebody asks for it.
///
/// Labels have closed sets of values: the keys of the configuration, ids that resolved, operations, outcomes, quota codes. Everything
/// else is `other`.
package final class GatewayMetrics: Sendable {
  /// Why a request was sent to AWS again.
  package enum RetryCause: String, Sendable, CaseIterable { case throttled, server, connection }
  /// What a waiting client got, so that it goes on waiting.
  package enum KeepAliveForm: String, Sendable, CaseIterable { case comment, frame }
  struct Tokens: Sendable {
    var input = BucketCounts(BucketCounts.tokens)
    var output = BucketCounts(BucketCounts.tokens)
  }

  struct State: Sendable {
    var callers = LabelSet(firstOf: 100)
    var models = LabelSet(firstOf: 500)
    /// Apart, so that what replies say takes no place from what is asked for.
    var responseModels = LabelSet(firstOf: 500)
    var quotaCodes = LabelSet(firstOf: 500)
    var errors = LabelSet(firstOf: 100)

    var durations = SeriesTable<DurationKey, BucketCounts>(initial: BucketCounts(BucketCounts.seconds))
    var firstTokens = SeriesTable<ModelKey, BucketCounts>(initial: BucketCounts(BucketCounts.firstTokenSeconds))
    var tokens = SeriesTable<ModelKey, Tokens>(initial: Tokens())
    var upstream = SeriesTable<ModelKey, BucketCounts>(initial: BucketCounts(BucketCounts.seconds))
    var waits = SeriesTable<WaitKey, BucketCounts>(initial: BucketCounts(BucketCounts.heldSeconds))
    var requests = SeriesTable<RequestKey, UInt64>(seriesMax: 2_000)
    var callerTokens = SeriesTable<CallerSeriesKey, CallerTokens>(initial: CallerTokens())
    var routed = SeriesTable<RouteKey, UInt64>()
    var pools = SeriesTable<PoolLabel, PoolCounts>(initial: PoolCounts())
    var refusals: [RefusalReason: UInt64] = [:]
    var retries: [RetryCause: UInt64] = [:]
    var keepAlives: [KeepAliveForm: UInt64] = [:]
    var authenticationFailures: [FailedAuthentications.Reason: UInt64] = [:]
    var cutAuthentications: UInt64 = 0
    var reloads: [Bool: UInt64] = [:]
    var estimates: UInt64 = 0
    var openStreams = 0

    /// How often something was counted in a folded series.
    var foldedCount: UInt64 {
      durations.foldedCount + firstTokens.foldedCount + tokens.foldedCount + upstream.foldedCount + waits.foldedCount
        + requests.foldedCount + callerTokens.foldedCount + pools.foldedCount + routed.foldedCount
    }
  }

  struct PoolCounts: Sendable {
    var throttled: UInt64 = 0
    var throttles = RecentCount()
    /// Requests that came for the pool, whatever became of them.
    var demand = RecentCount()
  }

  struct CallerTokens: Sendable {
    var input: UInt64 = 0
    var output: UInt64 = 0
    var cacheRead: UInt64 = 0
    var cacheWrite: UInt64 = 0
    var lastHour = RecentCount()
  }

  let state = Mutex(State())

  package init() {}

  /// Says which callers have series of their own.
  /// - Parameter names: the keys of the configuration; nil: none is configured, so the first hundred names have them.
  package func setCallers(_ names: [String]?) {
    let callers = names.map { LabelSet($0) } ?? LabelSet(firstOf: 100)
    state.withLock { $0.callers = callers }
  }

  /// Counts a request that has ended.
  package func finished(_ record: RequestRecord) {
    state.withLock { state in
      let caller = record.caller.map { state.callers.label($0) } ?? "none"
      state.requests.add(to: RequestKey(caller: caller, operation: record.operation, outcome: record.outcome))
      if let refusal = record.refusal { state.refusals[refusal, default: 0] += 1 }
      for wait in record.waits {
        let key = WaitKey(
          code: wait.code.map { state.quotaCodes.label($0) } ?? "none", measure: wait.measure.rawValue,
          isSent: record.attempts > 0)
        state.waits.update(key) { $0.record(wait.duration / .seconds(1)) }
      }
      if case .invocation = record.operation { state.count(record, caller: caller) }
    }
  }

  /// Counts a request that AWS throttled, when it happens.
  /// - Parameter pool: with the id that ``LiveStatus/Pool`` has.
  package func throttled(_ pool: PoolLabel, atSeconds seconds: Int64) {
    state.withLock { state in
      state.pools.update(pool) { counts in
        counts.throttled += 1
        counts.throttles.add(atSeconds: seconds)
      }
    }
  }

  /// Counts a request for a pool: when it comes, and when it moves there.
  package func demanded(_ pool: PoolLabel, atSeconds seconds: Int64) {
    state.withLock { $0.pools.update(pool) { $0.demand.add(atSeconds: seconds) } }
  }

  /// What was counted of each pool in the last hour; of one without a series, ``noHistory(atSeconds:)``.
  func lastHours(atSeconds seconds: Int64) -> [PoolLabel: LiveStatus.History] {
    state.withLock { $0.pools.series }.mapValues { Self.history($0, atSeconds: seconds) }
  }

  /// The last hour of a pool for which nothing was counted; nil if it may be among those that were counted together.
  func noHistory(atSeconds seconds: Int64) -> LiveStatus.History? {
    state.withLock { $0.pools.foldedCount } == 0 ? Self.history(PoolCounts(), atSeconds: seconds) : nil
  }

  private static func history(_ counts: PoolCounts, atSeconds seconds: Int64) -> LiveStatus.History {
    var counts = counts
    return LiveStatus.History(
      start: Timestamp(seconds: Int((seconds / 60 - Int64(RecentCount.minutes) + 1) * 60)),
      demand: counts.demand.minutes(atSeconds: seconds).map(Double.init),
      throttles: counts.throttles.minutes(atSeconds: seconds).map(Double.init))
  }

  /// Tokens of callers in the last hour. Those whose names have no series of their own are left out.
  func tokensLastHour(of callers: [String], atSeconds seconds: Int64) -> [String: Int64] {
    let (series, labels) = state.withLock { ($0.callerTokens.series, $0.callers) }
    var (known, tokens) = (labels, [String: Int64]())
    for caller in callers where known.label(caller) == caller {
      var lastHour = series[CallerSeriesKey(caller: caller)]?.lastHour
      tokens[caller] = Int64(clamping: lastHour?.total(atSeconds: seconds) ?? 0)
    }
    return tokens
  }

  /// For ``LiveStatus/Candidate/requests``.
  func routed(_ name: String, _ route: String) -> UInt64 {
    state.withLock { $0.routed.series[RouteKey(name: name, route: route)] ?? 0 }
  }

  package func retried(_ cause: RetryCause) { state.withLock { $0.retries[cause, default: 0] += 1 } }
  package func keptAlive(_ form: KeepAliveForm) { state.withLock { $0.keepAlives[form, default: 0] += 1 } }
  /// Takes over the counts of callers that were not let in.
  func set(_ failures: FailedAuthentications) {
    let (counts, cut) = (failures.snapshot().counts, failures.cut)
    state.withLock { state in
      state.authenticationFailures = counts.mapValues { UInt64($0) }
      state.cutAuthentications = UInt64(cut)
    }
  }
  package func reloaded(isAccepted: Bool) { state.withLock { $0.reloads[isAccepted, default: 0] += 1 } }
  package func streamOpened() { state.withLock { $0.openStreams += 1 } }
  package func streamClosed() { state.withLock { $0.openStreams -= 1 } }

  /// Streams that are open now.
  package var openStreams: Int { state.withLock { $0.openStreams } }
}

extension GatewayMetrics.State {
  fileprivate mutating func count(_ record: RequestRecord, caller: String) {
    let requestModel = record.model.map { models.label($0) } ?? LabelSet.other
    let model = ModelKey(
      requestModel: requestModel, responseModel: record.responseModel.map { responseModels.label($0) } ?? requestModel)
    let error = record.error.map { errors.label($0) } ?? (record.outcome == .succeeded ? nil : record.outcome.rawValue)
    durations.update(DurationKey(model: model, error: error)) { $0.record(record.took / .seconds(1)) }
    if let firstByte = record.firstByte, record.isStream {
      firstTokens.update(model) { $0.record(firstByte / .seconds(1)) }
    }
    if let name = record.routeName, let route = record.route { routed.add(to: RouteKey(name: name, route: route)) }
    if let time = record.upstream { upstream.update(model) { $0.record(time / .seconds(1)) } }
    guard let usage = record.usage else { return }
    if record.isEstimate { estimates += 1 }
    tokens.update(model) { tokens in
      tokens.input.record(Double(usage.totalInput))
      tokens.output.record(Double(usage.output))
    }
    callerTokens.update(CallerSeriesKey(caller: caller)) { tokens in
      tokens.input += UInt64(usage.input)
      tokens.output += UInt64(usage.output)
      tokens.cacheRead += UInt64(usage.cacheRead)
      tokens.cacheWrite += UInt64(usage.cacheWrite)
      tokens.lastHour.add(
        UInt64(usage.totalInput + usage.output), atSeconds: record.atMilliseconds / 1_000 + Int64(record.took / .seconds(1)))
    }
  }
}
