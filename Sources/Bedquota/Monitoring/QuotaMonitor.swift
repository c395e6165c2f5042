import AWSClient
import AWSWire
public import BedrockQuotas

/// Reads what an account used of its quotas. It changes nothing.
///
/// Needs the IAM actions `cloudwatch:ListMetrics` and `cloudwatch:GetMetricData`.
///
/// ## Usage
///
/// ```swift
/// let id = InvokedID("us.amazon.nova-pro-v1:0")!
/// let context = try await session.discovery.context(for: [id])
/// let read = try await session.monitor.usage(of: [id], in: UsageWindow(hours: 24), context: context)
/// for peak in read.reports[0].peaks { print(peak.measure.rawValue, peak.utilization ?? 0) }
/// ```
///
/// Every id with traffic, the busiest first:
///
/// ```swift
/// let all = try await session.monitor.usage(of: nil, in: UsageWindow(hours: 1), context: context)
/// ```
public struct QuotaMonitor: Sendable {
  let session: BedquotaSession

  /// CloudWatch calls that are done, and how many there are in all.
  public typealias Progress = @Sendable (_ done: Int, _ all: Int) -> Void

  /// The usage of some ids, or of everything that CloudWatch has data for.
  /// - Parameters:
  ///   - ids: nil: every pool with traffic.
  ///   - window: the time to read.
  ///   - context: the quotas, and the models that application profiles are copies of; see
  ///     ``QuotaDiscovery/context(for:facts:defaultsOnly:progress:)``.
  ///   - facts: the dated data that costs need.
  ///   - maxTokens: the requests' max_tokens, to estimate reservations; nil: no estimate.
  ///   - readsLatency: whether to read the latency too.
  ///   - progress: called after each call.
  /// - Throws: ``BedquotaError`` (`region`) for an ARN of another Region; `AWSClientError`.
  public func usage(
    of ids: [InvokedID]?, in window: UsageWindow, context: QuotaContext, facts: Facts = .builtIn,
    maxTokens: Double? = nil, readsLatency: Bool = false, progress: Progress? = nil
  ) async throws -> UsageRead {
    try session.requireOwnRegion(ids ?? [])
    let reader = UsageSeriesReader(client: session.client)
    let listing = try await reader.listing()
    var pools = pools(of: ids, window: window, context: context, facts: facts, listing: listing)
    if context.quotasProblem != nil {
      // The list was never read, so the note "No quota names this model" would be wrong.
      for index in pools.indices { pools[index].resolution.note = pools[index].resolution.listingNote }
    }
    let metrics = UsageMetric.allCases.filter { $0 != .latency || readsLatency }
    let (series, messages) = try await reader.read(
      pools.map(\.series), metrics: metrics, window: window, listing: listing, progress: { progress?($0, $1) })
    var reports = zip(pools, series).map { pool, series in
      var report = UsageCalculation(pool: pool, series: series, maxTokens: maxTokens).report()
      report.notes += context.notes
      if report.totals != nil, !listing.reserved.isDisjoint(with: pool.series) {
        report.notes.append(
          "Some requests ran on reserved capacity, which has quotas of its own; they may be counted here as well, and then the use of these quotas is lower than shown."
        )
      }
      return report
    }
    for index in reports.indices where reports[index].totals == nil && !pools[index].siblings.isEmpty {
      let found = try await Self.withRequests(pools[index].siblings, window, reader, listing)
      guard !found.isEmpty else { continue }
      reports[index].notes.append("Other ids of the model have data: \(found.joined(separator: ", ")).")
    }
    return UsageRead(reports: ids == nil ? Self.busiestFirst(reports) : reports, messages: messages)
  }

  private func pools(
    of ids: [InvokedID]?, window: UsageWindow, context: QuotaContext, facts: Facts, listing: SeriesListing
  ) -> [QuotaPool] {
    let pooling = QuotaPooling(resolver: context.resolver, facts: facts)
    var known = Set(listing.names.keys)
    // ListMetrics omits series that were idle for two weeks, but CloudWatch keeps their data longer.
    if window.startSeconds < window.nowSeconds - SeriesListing.memorySeconds {
      for profile in context.catalog.profiles { known.formUnion([profile.inferenceProfileId, profile.inferenceProfileArn]) }
      known.formUnion(context.catalog.models.map(\.modelId))
    }
    return ids.map { pooling.pools(of: $0, known: known) } ?? pooling.pools(known: known)
  }

  /// Those of the ids with requests in the window. That an id is listed says little: CloudWatch lists series of two weeks, and the
  /// account's models are candidates only.
  private static func withRequests(
    _ ids: [String], _ window: UsageWindow, _ reader: UsageSeriesReader, _ listing: SeriesListing
  ) async throws -> [String] {
    let (series, _) = try await reader.read(
      ids.map { [$0] }, metrics: [.invocations, .throttles], window: window, listing: listing)
    return zip(ids, series).filter { !$0.1.isEmpty }.map(\.0)
  }

  /// The reports with traffic.
  private static func busiestFirst(_ reports: [UsageReport]) -> [UsageReport] {
    let busy = reports.compactMap { report in report.totals.flatMap { $0.demand > 0 ? (report, $0.demand) : nil } }
    return busy.sorted { ($0.1, $1.0.id) > ($1.1, $0.0.id) }.map(\.0)
  }
}

extension BedquotaSession {
  /// Reads usage and throttling from CloudWatch. It changes nothing.
  public var monitor: QuotaMonitor { QuotaMonitor(session: self) }
}
