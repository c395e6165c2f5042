import AWSClient
import AWSWire
public import BedrockQuotas

/// Plans, makes and removes CloudWatch alarms on the use of quotas.
///
/// Planning changes nothing; only ``apply(_:progress:)`` does, and a plan that is applied twice changes nothing the second time.
/// Alarms have a stable prefix in their name and a marker in their description; those that lack either are never touched.
///
/// Needs the IAM actions `cloudwatch:ListMetrics` and `cloudwatch:DescribeAlarms`, and to apply a plan `cloudwatch:PutMetricAlarm` and
/// `cloudwatch:DeleteAlarms`.
///
/// ```swift
/// let id = InvokedID("us.amazon.nova-pro-v1:0")!
/// let context = try await session.discovery.context(for: [id])
/// let plan = try await session.alarms.plan(for: [id], settings: AlarmSettings(share: 0.7), context: context)
/// try await session.alarms.apply(plan)
/// ```
public struct AlarmManager: Sendable {
  let session: BedquotaSession

  /// Alarms that are changed, and how many there are to change.
  public typealias Progress = @Sendable (_ done: Int, _ all: Int) -> Void

  /// What should be, compared with the alarms of the account.
  /// - Parameters:
  ///   - ids: nil: every model that CloudWatch lists, which had traffic in the last two weeks.
  ///   - settings: thresholds and topics.
  ///   - context: the quotas; see ``QuotaDiscovery/context(for:facts:defaultsOnly:progress:)``.
  ///   - facts: the dated data that resolving needs.
  ///   - comparing: false: every alarm is new; the alarms of the account are not read.
  /// - Throws: ``BedquotaError`` (`region`) for an ARN of another Region; `AWSClientError`.
  public func plan(
    for ids: [InvokedID]?, settings: AlarmSettings = AlarmSettings(), context: QuotaContext, facts: Facts = .builtIn,
    comparing: Bool = true
  ) async throws -> AlarmPlan {
    try session.requireOwnRegion(ids ?? [])
    async let described = comparing ? current() : []
    let reader = UsageSeriesReader(client: session.client)
    let mayBeOnMantle = ids?.contains(where: \.namesModel) ?? true
    async let listedOnMantle = mayBeOnMantle ? reader.listing(.mantle(facts)) : SeriesListing(.mantle(facts))
    let listing = try await reader.listing()
    let onMantle = try await listedOnMantle
    let pooling = QuotaPooling(resolver: context.resolver, facts: facts)
    let known = Set(listing.names.keys)
    let runtime = ids.map { pooling.pools(of: $0, known: known) } ?? pooling.pools(known: known)
    let mantle = ids.map { Self.mantlePools(of: $0, pooling, onMantle) } ?? pooling.mantlePools(known: onMantle.models)
    let pools = QuotaPool.merged(runtime + mantle).filter { pool in
      // An id that is bedrock-mantle's alone misses nothing on the other endpoint.
      pool.endpoint == .mantle || !pool.resolution.quotas.isEmpty || !mantle.contains { $0.id == pool.id }
        || pool.series.contains { known.contains($0) }
    }
    let designs = pools.map { AlarmDesign(settings, listing: $0.endpoint == .mantle ? onMantle : listing).alarms(of: $0) }
    var plan = AlarmPlan(
      region: session.region, wanted: designs.flatMap(\.alarms), leftOut: designs.flatMap(\.leftOut),
      current: try await described, prefixes: Set(pools.map { AlarmName.prefix(of: $0.resolution) }))
    if ids != nil { plan.idsWithoutAlarm = zip(pools, designs).filter { $1.alarms.isEmpty }.map { $0.0.id } }
    return plan
  }

  /// The pools of those ids that bedrock-mantle has quotas or data of.
  private static func mantlePools(
    of ids: [InvokedID], _ pooling: QuotaPooling, _ listing: SeriesListing
  ) -> [QuotaPool] {
    ids.compactMap { pooling.mantlePool(of: $0, known: listing.models) }.filter { pool in
      !pool.resolution.quotas.isEmpty || !listing.models.isDisjoint(with: pool.series)
    }
  }

  /// The plan of removing our alarms of some ids.
  /// - Parameter context: what the ids are resolved with.
  /// - Throws: as ``plan(for:settings:context:facts:comparing:)``.
  public func removal(of ids: [InvokedID], context: QuotaContext) async throws -> AlarmPlan {
    try session.requireOwnRegion(ids)
    let prefixes = ids.flatMap { id in
      QuotaEndpoint.allCases.map { AlarmName.prefix(of: context.resolver.resolve(id, on: $0)) }
    }
    return AlarmPlan(region: session.region, removing: Set(prefixes), current: try await current())
  }

  /// The plan of removing all of our alarms in the Region.
  public func removalOfAll() async throws -> AlarmPlan {
    AlarmPlan(region: session.region, removing: nil, current: try await current())
  }

  /// Makes, changes and removes what the plan says. It doesn't touch what is unchanged.
  /// - Throws: `AWSClientError`, whose message says how much of the plan was done; a new plan has the rest.
  public func apply(_ plan: AlarmPlan, progress: Progress? = nil) async throws {
    let changes = plan.changes
    var done = 0
    do {
      for item in changes where item.change != .removed {
        try await session.client.call(CloudWatchAPI.putMetricAlarm(item.definition))
        done += 1
        progress?(done, changes.count)
      }
      let removed = changes.filter { $0.change == .removed }.map(\.name)
      for start in stride(from: 0, to: removed.count, by: CloudWatchAPI.deletedAlarmsMax) {
        let names = Array(removed[start..<min(start + CloudWatchAPI.deletedAlarmsMax, removed.count)])
        try await session.client.call(CloudWatchAPI.deleteAlarms(names))
        done += names.count
        progress?(done, changes.count)
      }
    } catch var error as AWSClientError {
      error.message += " \(done) of \(changes.count) changes were made; start again to make the rest."
      throw error
    }
  }

  /// Every alarm whose name has our prefix.
  private func current() async throws -> [MetricAlarm] {
    let client = session.client
    let paginator = Paginator<MetricAlarmPage>(
      operation: "DescribeAlarms", token: { $0.nextToken },
      fetch: { try await client.call(CloudWatchAPI.describeAlarms(prefix: AlarmName.prefix, nextToken: $0)) })
    return try await paginator.all().flatMap(\.alarms)
  }
}

extension BedquotaSession {
  /// Plans, makes and removes CloudWatch alarms on the use of quotas.
  public var alarms: AlarmManager { AlarmManager(session: self) }

  /// - Throws: ``BedquotaError`` (`region`) for an ARN of another Region.
  func requireOwnRegion(_ ids: [InvokedID]) throws {
    for id in ids {
      guard let other = id.region, other != region else { continue }
      throw BedquotaError(
        .region, "\(id) is of the Region \(other), but \(region) is read; use the Region \(other).", parameters: ["region"])
    }
  }
}

extension QuotaPool {
  /// Pools that share their quotas as one: ids of which the user named several.
  static func merged(_ pools: [QuotaPool]) -> [QuotaPool] {
    var merged: [QuotaPool] = []
    for pool in pools {
      let prefix = AlarmName.prefix(of: pool.resolution)
      if let index = merged.firstIndex(where: { AlarmName.prefix(of: $0.resolution) == prefix }) {
        merged[index].series = Set(merged[index].series + pool.series).sorted()
      } else {
        merged.append(pool)
      }
    }
    return merged
  }
}
