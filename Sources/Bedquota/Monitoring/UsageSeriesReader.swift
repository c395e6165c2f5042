package import AWSClient
import AWSWire

/// Reads the series of `AWS/Bedrock` from CloudWatch. It changes nothing.
///
/// Needs the IAM actions `cloudwatch:ListMetrics` and `cloudwatch:GetMetricData`.
package struct UsageSeriesReader: Sendable {
  let client: AWSClient
  /// The most calls in flight.
  static let callsMax = 10

  package init(client: AWSClient) { self.client = client }

  /// The series that CloudWatch lists.
  package func listing() async throws -> SeriesListing {
    let client = client
    let paginator = Paginator<MetricPage>(
      operation: "ListMetrics", token: { $0.nextToken },
      fetch: { try await client.call(CloudWatchAPI.listMetrics(namespace: UsageMetric.namespace, nextToken: $0)) })
    var listing = SeriesListing()
    for page in try await paginator.all() { listing.add(page.metrics ?? []) }
    return listing
  }

  /// One metric of one series, under all of its names.
  private struct Request: Sendable {
    var pool: Int
    var series: String
    var metric: UsageMetric
    var names: [String]
  }

  /// The sums of each pool, and what CloudWatch said about its answers.
  /// - Parameters:
  ///   - pools: the `ModelId`s to add up, pool by pool.
  ///   - progress: called after each call.
  package func read(
    _ pools: [[String]], metrics: [UsageMetric], window: UsageWindow, listing: SeriesListing,
    progress: @Sendable (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) async throws -> (series: [UsageSeries], messages: [String]) {
    let requests = pools.enumerated().flatMap { pool, series in
      series.flatMap { series in
        metrics.map { Request(pool: pool, series: series, metric: $0, names: listing.names(of: $0, series: series)) }
      }
    }
    let batches = Self.batches(requests, periods: window.count)
    var series = pools.map { _ in UsageSeries(window: window) }
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

  /// Puts as many queries into each call as CloudWatch answers on one page, and keeps the names of one metric together.
  private static func batches(_ requests: [Request], periods: Int) -> [[Request]] {
    let queriesMax = min(CloudWatchAPI.queriesMax, max(1, CloudWatchAPI.datapointsMax / max(1, periods)))
    var batches: [[Request]] = []
    var count = queriesMax
    for request in requests {
      if count + request.names.count > queriesMax {
        batches.append([])
        count = 0
      }
      batches[batches.count - 1].append(request)
      count += request.names.count
    }
    return batches
  }

  private func call(_ batch: [Request], _ window: UsageWindow) async throws -> ([MetricDataPage.Result], [String]) {
    let queries = batch.enumerated().flatMap { place, request in
      request.names.indices.map { name in
        let metric = Metric(
          namespace: UsageMetric.namespace, name: request.names[name],
          dimensions: [.init(name: UsageMetric.dimension, value: request.series)])
        return MetricDataQuery(id: "m\(place)_\(name)", metric: metric, period: window.periodSeconds, statistic: "Sum")
      }
    }
    let client = client
    let paginator = Paginator<MetricDataPage>(
      operation: "GetMetricData", token: { $0.nextToken },
      fetch: {
        try await client.call(
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
      let ids = request.names.indices.map { "m\(place)_\($0)" }
      let alternatives = ids.compactMap { points[$0] }
      series[request.pool].incomplete.formUnion(ids.compactMap { status[$0] }.filter { !["Complete", ""].contains($0) })
      series[request.pool].add(alternatives, of: request.metric, from: request.series)
    }
  }
}
