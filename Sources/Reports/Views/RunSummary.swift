package import Bedquota
import BedrockQuotas

/// The result of a run, and its JSON; see docs/json.md.
package struct RunSummary: Encodable, Sendable {
  /// In seconds, to the millisecond.
  package struct Percentiles: Encodable, Sendable {
    package var max: Double
    package var p50: Double
    package var p90: Double
    package var p99: Double

    init(_ percentiles: ClientStatistics.Percentiles) {
      func rounded(_ time: Duration) -> Double { RunSummary.milliseconds(time / .seconds(1)) }
      (max, p50) = (rounded(percentiles.max), rounded(percentiles.p50))
      (p90, p99) = (rounded(percentiles.p90), rounded(percentiles.p99))
    }
  }

  /// Replies to requests of the tier `reserved`, and the tokens of those that reserved capacity served.
  package struct Reserved: Encodable, Sendable {
    package var inputTokens: Int
    package var outputTokens: Int
    package var overflowed: Int
    package var served: Int

    /// nil if there were none.
    init?(_ use: ClientStatistics.ReservedUse) {
      guard use.served + use.overflowed > 0 else { return nil }
      (inputTokens, outputTokens) = (use.inputTokens, use.outputTokens)
      (overflowed, served) = (use.overflowed, use.served)
    }
  }

  /// What was sent to one of several scopes, and what its replies used. Its requests are those that ended there.
  package struct Scope: Encodable, Sendable {
    package var attempts: Int
    package var inputTokens: Int
    package var outputTokens: Int
    package var scope: String
    package var succeeded: Int
    package var throttled: Int

    init(_ scope: RunScope) {
      self.scope = scope.label
      let done = scope.statistics
      (attempts, succeeded, throttled) = (done.attempted, done.succeeded, done.throttled)
      (inputTokens, outputTokens) = (done.inputTokens, done.outputTokens)
    }
  }

  package var failed: Int
  /// Records that ended with an error in earlier runs.
  package var failedBefore: Int
  /// Records without a result.
  package var left: Int
  /// Why the run ended before its input did; nil if it didn't.
  package var reason: String?
  package var inputTokens: Int
  package var outputTokens: Int
  /// Replies that the service ended before max_tokens, because the quota of output tokens was used up; they are among the succeeded.
  package var endedByQuota: Int
  /// Quota tokens used, as a share of the tokens per minute over the whole run; nil if no such quota is known or the run took
  /// less than a minute. On bedrock-mantle, the larger share of its two quotas.
  package var quotaUtilization: Double?
  /// nil if no reply was to a request of the tier `reserved`.
  package var reserved: Reserved?
  package var retries: Int
  /// nil if there is only one.
  package var scopes: [Scope]?
  package var seconds: Double
  package var succeeded: Int
  package var throttled: Int
  /// How long requests took, including all waiting.
  package var took: Percentiles?
  /// How long requests waited for the quota.
  package var waited: Percentiles?
  package var isInterrupted: Bool
  /// What may have been paid for replies that were lost, in a sentence; nil if none was lost.
  package var lost: String?

  private enum CodingKeys: String, CodingKey {
    case endedByQuota, failed, failedBefore, inputTokens, left, outputTokens, quotaUtilization, reason, reserved, retries,
      scopes, seconds,
      succeeded, throttled,
      took, waited
  }

  /// - Parameters:
  ///   - records: the number of records in the whole input.
  ///   - seconds: how long the run took.
  ///   - scopes: where the requests went; one or more.
  package init(
    _ progress: BatchRun.Progress, _ statistics: ClientStatistics, scopes: [RunScope], records: Int, seconds: Double,
    isInterrupted: Bool
  ) {
    (succeeded, failed, failedBefore) = (progress.succeeded, progress.failed, progress.failedBefore)
    left = max(0, records - progress.done - progress.succeeded - progress.failed)
    reason = progress.reason
    (inputTokens, outputTokens) = (statistics.inputTokens, statistics.outputTokens)
    (throttled, retries) = (statistics.throttled, statistics.retries)
    self.seconds = Self.milliseconds(seconds)
    endedByQuota = statistics.endedByQuota
    reserved = Reserved(statistics.reserved)
    func share(_ used: Double, of measure: QuotaMeasure) -> Double? {
      guard seconds >= 60, let limit = scopes.limit(measure), limit > 0 else { return nil }
      return used * 60 / (limit * seconds)
    }
    let cost = Double(statistics.quotaTokens)
    quotaUtilization = [
      share(cost, of: .tpm), share(cost, of: .inputTPM), share(Double(statistics.outputTokens), of: .outputTPM),
    ].compactMap { $0 }.max()
    (took, waited) = (statistics.took.map(Percentiles.init), statistics.waited.map(Percentiles.init))
    self.isInterrupted = isInterrupted
    self.scopes = scopes.count > 1 ? scopes.map { Scope($0) } : nil
    lost = InvocationText.lost(statistics)
  }

  private static func milliseconds(_ seconds: Double) -> Double { (seconds * 1_000).rounded() / 1_000 }
}
