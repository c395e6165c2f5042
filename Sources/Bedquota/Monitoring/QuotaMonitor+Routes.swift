import AWSClient
public import BedrockQuotas

extension QuotaMonitor {
  /// Adds to each pool of a model's routes what was used of it.
  ///
  /// Each pool is read once, however many routes share it, and bedrock-mantle only if a route leads there.
  /// - Parameters:
  ///   - routes: the routes of one model in this session's Region.
  ///   - window: the time to read.
  ///   - context: the quotas, models and profiles that the routes were found in.
  ///   - facts: the dated data that costs need.
  /// - Returns: what CloudWatch said about its answers.
  /// - Throws: `AWSClientError`.
  @discardableResult
  public func addUsage(
    to routes: inout ModelRoutes, in window: UsageWindow, context: QuotaContext, facts: Facts = .builtIn
  ) async throws -> [String] {
    guard !routes.pools.isEmpty else { return [] }
    let endpoints = Set(routes.pools.map(\.endpoint))
    let reader = UsageSeriesReader(client: session.client)
    let listings = try await listings(endpoints.count > 1 ? nil : endpoints.first, reader, facts)
    let pooling = QuotaPooling(resolver: context.resolver, facts: facts)
    let pools = routes.pools.map { pool in
      let listing = listings.first { $0.source.endpoint == pool.endpoint }
      let id = InvokedID(pool.ids[0], facts: facts)
      let found = id.flatMap { id in
        pool.endpoint == .mantle
          ? pooling.mantlePool(of: id, known: listing?.models ?? [])
          : pooling.pools(of: [id], known: listing.map { Set($0.names.keys) } ?? []).first
      }
      return found ?? QuotaPool(id: pool.ids[0], resolution: pool.resolution, series: pool.ids, endpoint: pool.endpoint)
    }
    let read = try await sums(of: pools, in: window, context: context, reader, listings)
    for (index, report) in read.reports.enumerated() { routes.pools[index].usage = report }
    return read.messages
  }
}
