import AWSClient
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
  ///   - catalog: tells application profiles and what they are copies of.
  ///   - resolver: tells the quotas; see ``ModelCatalog/resolver(for:facts:)``.
  ///   - maxTokens: what the requests carry, for an estimate of reservations; nil: no such estimate.
  ///   - readsLatency: whether to read the latency as well.
  /// - Returns: a report for each id, in order, and what CloudWatch said of its answers.
  public func usage(
    of ids: [(text: String, id: InvokedID)]?, in window: UsageWindow, resolver: QuotaResolver, catalog: ModelCatalog = .empty,
    facts: Facts = .builtIn, maxTokens: Double? = nil, readsLatency: Bool = false, progress: Progress? = nil
  ) async throws -> (reports: [UsageReport], messages: [String]) {
    let reader = MetricReader(client: session.client)
    let listing = try await reader.listing()
    let pooling = QuotaPooling(resolver: resolver, facts: facts)
    var known = Set(listing.names.keys)
    // ListMetrics forgets what was idle for two weeks; CloudWatch's data outlive that.
    if window.start < window.now - SeriesListing.memory {
      for profile in catalog.profiles { known.formUnion([profile.inferenceProfileId, profile.inferenceProfileArn]) }
      known.formUnion(catalog.models.map(\.modelId))
    }
    let pools = ids.map { pooling.pools(of: $0, known: known) } ?? pooling.pools(known: known)
    let metrics = UsageMetric.allCases.filter { $0 != .latency || readsLatency }
    let (series, messages) = try await reader.read(
      pools.map(\.series), metrics: metrics, window: window, listing: listing, progress: { progress?($0, $1) })
    let reports = zip(pools, series).map { UsageCalculation(pool: $0, series: $1, maxTokens: maxTokens).report() }
    guard ids == nil else { return (reports, messages) }
    let busy = reports.filter { $0.totals.map { $0.demand > 0 } ?? false }
    return (busy.sorted { ($0.totals!.demand, $1.id) > ($1.totals!.demand, $0.id) }, messages)
  }
}

extension BedquotaSession {
  /// Reads use and throttling from CloudWatch. It changes nothing.
  public var monitor: QuotaMonitor { QuotaMonitor(session: self) }
}
