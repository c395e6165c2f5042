package import AWSClient
import AWSWire
import BedrockQuotas

/// Reads the series of `AWS/Bedrock` and `AWS/BedrockMantle` from CloudWatch. It changes nothing.
///
/// Needs the IAM actions `cloudwatch:ListMetrics` and `cloudwatch:GetMetricData`.
package struct UsageSeriesReader: Sendable {
  let client: AWSClient
  let requested = MetricDataCount()
  /// The most calls in flight.
  static let callsMax = 10
  /// The most parts that one query adds up.
  private static let partsMax = 50

  package init(client: AWSClient) { self.client = client }

  /// The series of an endpoint that CloudWatch lists.
  package func listing(_ source: MetricSource = .runtime) async throws -> SeriesListing {
    let client = client
    let paginator = Paginator<MetricPage>(
      operation: "ListMetrics", token: { $0.nextToken },
      fetch: { try await client.call(CloudWatchAPI.listMetrics(namespace: source.namespace, nextToken: $0)) })
    var listing = SeriesListing(source)
    for page in try await paginator.all() { listing.add(page.metrics ?? []) }
    return listing
  }

  /// One count of one series, in all the ways to ask for it.
  private struct Request: Sendable {
    var pool: Int
    var series: String
    var metric: UsageMetric
    var ways: [[Metric]]

    var count: Int { ways.reduce(0) { $0 + $1.count } }
  }

  /// The sums of each pool, and what CloudWatch said about its answers.
  /// - Parameters:
  ///   - pools: the series to add up, pool by pool; a pool's are of one endpoint.
  ///   - metrics: those that an endpoint doesn't publish are left out.
  ///   - listings: one for each endpoint of the pools.
  ///   - progress: called after each call.
  package func read(
    _ pools: [[SeriesKey]], metrics: [UsageMetric], window: UsageWindow, listings: [SeriesListing],
    progress: @Sendable (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) async throws -> (series: [UsageSeries], messages: [String]) {
    let byEndpoint = Dictionary(listings.map { ($0.source.endpoint, $0) }) { first, _ in first }
    let requests = pools.enumerated().flatMap { pool, keys in
      keys.flatMap { key in
        metrics.flatMap { metric -> [Request] in
          let ways = byEndpoint[key.endpoint]?.ways(to: metric, of: key) ?? []
          // A call takes a few hundred queries at most, so a sum of many parts is split into requests that are added up.
          let split = ways.count == 1 ? Self.split(ways[0]).map { [$0] } : [ways]
          return split.filter { !$0.isEmpty }.map { Request(pool: pool, series: key.model, metric: metric, ways: $0) }
        }
      }
    }
    let batches = Self.batches(requests, periods: window.count)
    var series = pools.map { UsageSeries(window: window, endpoint: $0.first?.endpoint ?? .runtime) }
    var messages: [String] = []
    try await withThrowingTaskGroup(of: (Int, [MetricDataPage.Result], [String]).self) { group in
      var next = 0
      var done = 0
      func start() {
        let index = next
        next += 1
        group.addTask {
          let (results, messages) = try await call(batches[index], window)
          return (index, results, messages)
        }
      }
      while next < min(Self.callsMax, batches.count) { start() }
      while let (index, results, told) = try await group.next() {
        if next < batches.count { start() }
        Self.merge(results, of: batches[index], into: &series)
        for message in told where !messages.contains(message) { messages.append(message) }
        done += 1
        progress(done, batches.count)
      }
    }
    return (series, messages)
  }

  private static func split(_ parts: [Metric]) -> [[Metric]] {
    stride(from: 0, to: parts.count, by: partsMax).map { Array(parts[$0..<min($0 + partsMax, parts.count)]) }
  }

  /// The most queries that CloudWatch answers on one page, 1 at least.
  /// - Parameter periods: the datapoints of each query.
  static func queriesMax(periods: Int) -> Int {
    min(CloudWatchAPI.queriesMax, max(1, CloudWatchAPI.datapointsMax / max(1, periods)))
  }

  /// Puts as many queries into each call as CloudWatch answers on one page, and keeps the ways of one count together.
  private static func batches(_ requests: [Request], periods: Int) -> [[Request]] {
    let queriesMax = Self.queriesMax(periods: periods)
    var batches: [[Request]] = []
    var count = 0
    for request in requests {
      if batches.isEmpty || count + request.count > queriesMax {
        batches.append([])
        count = 0
      }
      batches[batches.count - 1].append(request)
      count += request.count
    }
    return batches
  }

  private static func id(_ place: Int, _ way: Int, _ index: Int) -> String {
    index == 0 ? "m\(place)_\(way)" : "m\(place)_\(way)_\(index)"
  }

  private func call(_ batch: [Request], _ window: UsageWindow) async throws -> ([MetricDataPage.Result], [String]) {
    try await results(
      batch.enumerated().flatMap { place, request in
        request.ways.enumerated().flatMap { way, metrics in
          metrics.enumerated().map { index, metric in
            MetricDataQuery(id: Self.id(place, way, index), metric: metric, period: window.periodSeconds, statistic: "Sum")
          }
        }
      }, window)
  }

  /// The results of at most ``CloudWatchAPI/queriesMax`` queries; one may come in several parts.
  func results(_ queries: [MetricDataQuery], _ window: UsageWindow) async throws -> ([MetricDataPage.Result], [String]) {
    let (client, requested) = (client, requested)
    let paginator = Paginator<MetricDataPage>(
      operation: "GetMetricData", token: { $0.nextToken },
      fetch: {
        requested.add(metrics: queries.count)
        return try await client.call(
          CloudWatchAPI.getMetricData(queries, start: window.startSeconds, end: window.endSeconds, nextToken: $0))
      })
    var results: [MetricDataPage.Result] = []
    var messages: [String] = []
    for page in try await paginator.all() {
      results += page.results
      messages += page.messages
    }
    return (results, messages)
  }

  private static func merge(_ results: [MetricDataPage.Result], of batch: [Request], into series: inout [UsageSeries]) {
    var points: [String: (times: [Double], values: [Double])] = [:]
    var status: [String: String] = [:]
    for result in results {
      // A later page may continue a result of an earlier one.
      status[result.id] = result.status
      points[result.id, default: ([], [])].times += result.timestamps
      points[result.id, default: ([], [])].values += result.values
    }
    for (place, request) in batch.enumerated() {
      let ids = request.ways.enumerated().map { way, metrics in metrics.indices.map { id(place, way, $0) } }
      series[request.pool].incomplete.formUnion(
        ids.joined().compactMap { status[$0] }.filter { !["Complete", ""].contains($0) })
      let ways = ids.map { ids in ids.compactMap { points[$0] } }.filter { !$0.isEmpty }
      series[request.pool].add(ways, of: request.metric, from: request.series)
    }
  }
}
