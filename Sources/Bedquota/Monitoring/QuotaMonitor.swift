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
  ///
  /// The id of a model may be in use on both endpoints, which have quotas of their own: it has two reports then, bedrock-runtime's
  /// first. A report of an endpoint without quotas and without data is left out if the other one is there.
  /// - Parameters:
  ///   - ids: nil: every pool with traffic.
  ///   - window: the time to read.
  ///   - context: the quotas, and the models that application profiles are copies of; see
  ///     ``QuotaDiscovery/context(for:facts:defaultsOnly:progress:)``.
  ///   - facts: the dated data that costs need.
  ///   - maxTokens: the requests' max_tokens, to estimate reservations; nil: no estimate.
  ///   - endpoint: nil: both.
  ///   - detail: what to read beside the sums.
  ///   - progress: called after each call.
  /// - Throws: ``BedquotaError`` (`region`) for an ARN of another Region; `AWSClientError`.
  public func usage(
    of ids: [InvokedID]?, in window: UsageWindow, context: QuotaContext, facts: Facts = .builtIn,
    maxTokens: Double? = nil, endpoint: QuotaEndpoint? = nil, detail: UsageDetail = [], progress: Progress? = nil
  ) async throws -> UsageRead {
    try session.requireOwnRegion(ids ?? [])
    let reader = UsageSeriesReader(client: session.client)
    // Only ids of models are invoked on bedrock-mantle.
    let mayBeOnMantle = endpoint == .mantle || ids?.contains(where: \.namesModel) ?? true
    let listings = try await listings(mayBeOnMantle ? endpoint : .runtime, reader, facts)
    var pools = pools(of: ids, window: window, context: context, facts: facts, listings: listings)
    if context.quotasProblem != nil {
      // The list was never read, so the note "No quota names this model" would be wrong.
      for index in pools.indices { pools[index].resolution.note = pools[index].resolution.listingNote }
    }
    let (sums, messages) = try await sums(
      of: pools, in: window, context: context, maxTokens: maxTokens, detail: detail, reader, listings, progress)
    var reports = sums
    // Of everything with traffic, a report without any is left out.
    for index in reports.indices where ids != nil && reports[index].totals == nil && !pools[index].siblings.isEmpty {
      let found = try await Self.withRequests(pools[index].siblings, window, reader, listings)
      guard !found.isEmpty else { continue }
      reports[index].notes.append("Other ids of the model have data: \(found.joined(separator: ", ")).")
    }
    if !detail.isDisjoint(with: [.percentiles, .percentileSeries]) {
      try await addLatencies(to: &reports, in: window, isByPeriod: detail.contains(.percentileSeries), reader)
    }
    if detail.contains(.breakdown) {
      for index in reports.indices where reports[index].totals != nil {
        try await addShares(of: pools[index], to: &reports[index], reader, listings)
      }
    }
    // A report of which nothing is left isn't shown, so its notes would not be either.
    let refused =
      ids != nil
      ? []
      : reports.filter { $0.totals == nil }.flatMap { report in
        report.sums.refusedNotes.map { "\(report.id): \($0)" }
      }
    reports = ids == nil ? Self.busiestFirst(reports) : Self.withoutEmpty(reports)
    return UsageRead(reports: reports, messages: messages + refused, requested: reader.requested.counts)
  }

  /// The sums of each pool against its quotas.
  func sums(
    of pools: [QuotaPool], in window: UsageWindow, context: QuotaContext, maxTokens: Double? = nil, detail: UsageDetail = [],
    _ reader: UsageSeriesReader, _ listings: [SeriesListing], _ progress: Progress? = nil
  ) async throws -> (reports: [UsageReport], messages: [String]) {
    let metrics = UsageMetric.sums + (detail.contains(.averageLatency) ? [.latency] : [])
    let (series, messages) = try await reader.read(
      pools.map(\.keys), metrics: metrics, window: window, listings: listings, progress: { progress?($0, $1) })
    let reports = zip(pools, series).map { pool, series in
      var report = UsageCalculation(pool: pool, series: series, maxTokens: maxTokens).report()
      report.notes += context.notes
      if report.totals != nil, pool.endpoint == .runtime, listings.contains(where: { !$0.reserved.isDisjoint(with: pool.series) })
      {
        report.notes.append(
          "Some requests ran on reserved capacity, which has quotas of its own; they may be counted here as well, and then the use of these quotas is lower than shown."
        )
      }
      return report
    }
    return (reports, messages)
  }

  /// What CloudWatch lists, of one endpoint or of both.
  func listings(
    _ endpoint: QuotaEndpoint?, _ reader: UsageSeriesReader, _ facts: Facts
  ) async throws -> [SeriesListing] {
    async let runtime = endpoint == .mantle ? nil : reader.listing()
    async let mantle = endpoint == .runtime ? nil : reader.listing(.mantle(facts))
    return try await [runtime, mantle].compactMap(\.self)
  }

  private func pools(
    of ids: [InvokedID]?, window: UsageWindow, context: QuotaContext, facts: Facts, listings: [SeriesListing]
  ) -> [QuotaPool] {
    let pooling = QuotaPooling(resolver: context.resolver, facts: facts)
    // ListMetrics omits series that were idle for two weeks, but CloudWatch keeps their data longer.
    let isOld = window.startSeconds < window.nowSeconds - SeriesListing.memorySeconds
    var pools: [QuotaPool] = []
    for listing in listings where listing.source.endpoint == .runtime {
      var known = Set(listing.names.keys)
      if isOld {
        for profile in context.catalog.profiles { known.formUnion([profile.inferenceProfileId, profile.inferenceProfileArn]) }
        known.formUnion(context.catalog.models.map(\.modelId))
      }
      pools += ids.map { pooling.pools(of: $0, known: known) } ?? pooling.pools(known: known)
    }
    for listing in listings where listing.source.endpoint == .mantle {
      var known = listing.models
      if isOld, ids == nil {
        let listed = context.catalog.models.compactMap { ModelID($0.modelId) }
        known.formUnion(
          listed.filter { !context.resolver.resolve(InvokedID($0), on: .mantle).quotas.isEmpty }.map(\.mantleKey))
      }
      guard let ids else {
        pools += pooling.mantlePools(known: known)
        continue
      }
      for id in ids {
        guard var pool = pooling.mantlePool(of: id, known: known) else {
          guard listings.count == 1 else { continue }
          let resolution = context.resolver.resolve(id, on: .mantle)
          pools.append(QuotaPool(id: id.text, resolution: resolution, series: [id.text], endpoint: .mantle))
          continue
        }
        // Most models aren't on this endpoint at all.
        let mayBeThere = isOld || !pool.resolution.quotas.isEmpty || !known.isDisjoint(with: pool.series)
        guard mayBeThere || listings.count == 1 else { continue }
        // Both endpoints of an id are one after the other.
        let other = pools.lastIndex { $0.id == id.text }
        if let other { pool.siblings = pools[other].siblings }
        pools.insert(pool, at: other.map { $0 + 1 } ?? pools.count)
      }
    }
    return pools
  }

  /// Reads the percentiles of all reports of bedrock-runtime together.
  private func addLatencies(
    to reports: inout [UsageReport], in window: UsageWindow, isByPeriod: Bool, _ reader: UsageSeriesReader
  ) async throws {
    let timed = reports.filter { $0.endpoint == .runtime && $0.totals != nil }
    let series = Set(timed.flatMap { $0.parts.map(\.id) }).sorted()
    let latencies = Dictionary(
      grouping: try await reader.latencies(of: series, window: window, isByPeriod: isByPeriod), by: \.id)
    let days = (window.endSeconds - window.startSeconds + UsageWindow.periodMax - 1) / UsageWindow.periodMax
    for index in reports.indices where reports[index].endpoint == .runtime {
      reports[index].latencies = reports[index].parts.flatMap { latencies[$0.id] ?? [] }
      if days > 1, !reports[index].latencies.isEmpty {
        reports[index].notes.append("Each percentile of the latency is the highest of those of \(days) days.")
      }
    }
  }

  /// The projects or tiers of a pool, those with the most requests first.
  private func addShares(
    of pool: QuotaPool, to report: inout UsageReport, _ reader: UsageSeriesReader, _ listings: [SeriesListing]
  ) async throws {
    guard let listing = listings.first(where: { $0.source.endpoint == pool.endpoint }) else { return }
    var keys: [[Metric.Dimension]: [SeriesKey]] = [:]
    for model in pool.series {
      for part in (listing.parts[model] ?? [:]).keys {
        keys[part, default: []].append(SeriesKey(model, on: pool.endpoint, part: part))
      }
    }
    let parts = keys.sorted { SeriesListing.isBefore($0.key, $1.key) }
    let metrics: [UsageMetric] = [.invocations, .throttles, .clientErrors, .serverErrors] + UsageMetric.tokens
    let (series, _) = try await reader.read(
      parts.prefix(UsageReport.sharesMax).map(\.value), metrics: metrics, window: report.window, listings: listings)
    let shares = zip(parts, series).compactMap { part, series in series.isEmpty ? nil : UsageReport.Share(part.key, series) }
    report.shares = shares.sorted { ($0.invocations, $1.name) > ($1.invocations, $0.name) }
    if parts.count > UsageReport.sharesMax {
      let what = report.endpoint == .mantle ? "projects" : "service tiers"
      report.notes.append("Only \(UsageReport.sharesMax) of \(parts.count) \(what) are shown.")
    }
  }

  /// Those of the ids with requests in the window. That an id is listed says little: CloudWatch lists series of two weeks, and the
  /// account's models are candidates only.
  private static func withRequests(
    _ ids: [String], _ window: UsageWindow, _ reader: UsageSeriesReader, _ listings: [SeriesListing]
  ) async throws -> [String] {
    let (series, _) = try await reader.read(
      ids.map { [SeriesKey($0)] }, metrics: [.invocations, .throttles], window: window, listings: listings)
    return zip(ids, series).filter { !$0.1.isEmpty }.map(\.0)
  }

  /// Drops the report of an endpoint that has neither quotas nor data of an id, if the id has a report of the other endpoint too.
  private static func withoutEmpty(_ reports: [UsageReport]) -> [UsageReport] {
    func isEmpty(_ report: UsageReport) -> Bool { report.totals == nil && report.resolution.quotas.isEmpty }
    return reports.filter { report in
      let other = reports.first { $0.id == report.id && $0.endpoint != report.endpoint }
      guard let other, isEmpty(report) else { return true }
      // Of two empty ones, bedrock-runtime's says more.
      return isEmpty(other) && report.endpoint == .runtime
    }
  }

  /// The reports with traffic.
  private static func busiestFirst(_ reports: [UsageReport]) -> [UsageReport] {
    let busy = reports.compactMap { report in
      report.totals.flatMap { totals -> (UsageReport, Double)? in
        let requests = totals.demand ?? totals.invocations + totals.clientErrors
        return requests > 0 ? (report, requests) : nil
      }
    }
    return busy.sorted { ($0.1, $1.0.id) > ($1.1, $0.0.id) }.map(\.0)
  }
}

extension BedquotaSession {
  /// Reads usage and throttling from CloudWatch. It changes nothing.
  public var monitor: QuotaMonitor { QuotaMonitor(session: self) }
}
