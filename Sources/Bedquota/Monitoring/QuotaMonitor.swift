import AWSClient
import AWSWire
public import BedrockQuotas

/// Reads what an account did with its quotas. It changes nothing.
///
/// Needs the IAM actions `cloudwatch:ListMetrics` and `cloudwatch:GetMetricData`.
public struct QuotaMonitor: Sendable {
  let session: BedquotaSession

  /// How far the reading has come: calls done, of how many.
  public typealias Progress = @Sendable (_ done: Int, _ all: Int) -> Void

  /// The use of some ids, or of everything that CloudWatch has data of.
  /// - Parameters:
  ///   - ids: what was asked for, as text and parsed; nil: every pool with traffic, the busiest first.
  ///   - context: tells the quotas, and what application profiles are copies of; see ``QuotaDiscovery/context(for:facts:progress:)``.
  ///   - maxTokens: what the requests carry, for an estimate of reservations; nil: no such estimate.
  ///   - readsLatency: whether to read the latency as well.
  /// - Returns: a report for each id, in order, and what CloudWatch said of its answers.
  /// - Throws: ``BedquotaError`` (`region`) for an ARN of another Region; ``AWSClientError``.
  public func usage(
    of ids: [(text: String, id: InvokedID)]?, in window: UsageWindow, context: QuotaContext, facts: Facts = .builtIn,
    maxTokens: Double? = nil, readsLatency: Bool = false, progress: Progress? = nil
  ) async throws -> (reports: [UsageReport], messages: [String]) {
    for (text, _) in ids ?? [] {
      let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
      guard parts.count == 6, !parts[3].isEmpty, parts[3] != session.region else { continue }
      throw BedquotaError(.region, "\(text) is of \(parts[3]), and what is read is \(session.region); use --region \(parts[3]).")
    }
    let reader = MetricReader(client: session.client)
    let listing = try await reader.listing()
    let pooling = QuotaPooling(resolver: context.resolver, facts: facts)
    var known = Set(listing.names.keys)
    // ListMetrics forgets what was idle for two weeks; CloudWatch's data outlive that.
    if window.start < window.now - SeriesListing.memory {
      for profile in context.catalog.profiles { known.formUnion([profile.inferenceProfileId, profile.inferenceProfileArn]) }
      known.formUnion(context.catalog.models.map(\.modelId))
    }
    var pools = ids.map { pooling.pools(of: $0, known: known) } ?? pooling.pools(known: known)
    if context.quotasProblem != nil {
      // That no quota names the model would be said of a list that was never read.
      for index in pools.indices { pools[index].resolution.note = nil }
    }
    let metrics = UsageMetric.allCases.filter { $0 != .latency || readsLatency }
    let (series, messages) = try await reader.read(
      pools.map(\.series), metrics: metrics, window: window, listing: listing, progress: { progress?($0, $1) })
    let reports = zip(pools, series).map { pool, series in
      var report = UsageCalculation(pool: pool, series: series, maxTokens: maxTokens).report()
      report.notes += context.notes
      return report
    }
    guard ids == nil else { return (reports, messages) }
    let busy = reports.filter { $0.totals.map { $0.demand > 0 } ?? false }
    return (busy.sorted { ($0.totals!.demand, $1.id) > ($1.totals!.demand, $0.id) }, messages)
  }
}

extension BedquotaSession {
  /// Reads use and throttling from CloudWatch. It changes nothing.
  public var monitor: QuotaMonitor { QuotaMonitor(session: self) }
}
