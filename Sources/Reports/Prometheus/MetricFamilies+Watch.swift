package import Bedquota
import BedrockQuotas

/// What CloudWatch told, as metrics. Those of quotas have the names and the labels that a gateway's have.
extension MetricFamilies {
  private typealias Pool = (labels: Labels, report: UsageReport, quotas: [LiveQuota])

  /// - Parameters:
  ///   - hasCounters: false for a single reading, whose counters would all be 0.
  ///   - now: Unix seconds.
  package mutating func write(_ state: UsageWatch.State, hasCounters: Bool = true, now: Int) {
    write(quotasOf: state, now: now)
    if hasCounters { write(counters: state) }
    write(places: state, hasCounters: hasCounters)
  }

  private mutating func write(quotasOf state: UsageWatch.State, now: Int) {
    let pools: [Pool] = state.places.flatMap { place in
      place.reports.map { report in
        let key = UsageCounters.Key(place.place, report.endpoint, report.id)
        return (
          Self.labels(key), report, LiveQuota.all(of: report, tokensOfDay: state.counters.tokensOfDay(key, now: now))
        )
      }
    }
    func quotas(_ value: (LiveQuota) -> Double?) -> [(Labels, Double)] {
      pools.flatMap { pool in
        pool.quotas.compactMap { quota in
          value(quota).map {
            (pool.labels + [("measure", quota.measure.rawValue), ("quota_code", quota.code ?? "none")], $0)
          }
        }
      }
    }
    gauge("bedquota_quota_limit", "The account's quota, in the unit of its measure.", quotas(\.limit))
    gauge(
      "bedquota_quota_used",
      "Use of the quota: in the busiest of the last \(LiveStatus.recentMinutes) whole minutes, or in 24 hours for tokens per day.",
      quotas(\.used))
    gauge(
      "bedquota_quota_level", "What that use leaves free; below zero if it was more than the quota.",
      quotas { quota in quota.limit.flatMap { limit in quota.used.map { limit - $0 } } })
    gauge(
      "bedquota_quota_utilization_ratio", "That use as a share of the quota.",
      quotas { quota in quota.limit.flatMap { limit in limit > 0 ? quota.used.map { $0 / limit } : nil } })
    gauge(
      "bedquota_model_data_timestamp_seconds", "Until when CloudWatch has data of the last hour.",
      pools.compactMap { pool in pool.report.dataUntilSeconds.map { (pool.labels, Double($0)) } })
  }

  private mutating func write(counters state: UsageWatch.State) {
    let totals = state.counters.totals.map { (Self.labels($0.key), $0.value) }.sorted {
      $0.0.lazy.map(\.value).lexicographicallyPrecedes($1.0.lazy.map(\.value))
    }
    func counts(_ label: String, _ metrics: [(String, UsageMetric)]) -> [(Labels, Double)] {
      totals.flatMap { labels, total in
        metrics.compactMap { name, metric in total[metric].map { (labels + [(label, name)], $0) } }
      }
    }
    counter(
      "bedquota_model_requests", "Requests since the exporter was started, accepted (failed ones too) and throttled.",
      counts("outcome", [("accepted", .invocations), ("throttled", .throttles)]))
    counter(
      "bedquota_model_errors", "Accepted requests that failed, by whose fault.",
      counts("fault", [("client", .clientErrors), ("server", .serverErrors)]))
    counter(
      "bedquota_model_tokens", "Tokens, by type; input is without cached tokens.",
      counts(
        "type",
        [
          ("input", .inputTokens), ("output", .outputTokens), ("cache_read", .cacheReadTokens),
          ("cache_write", .cacheWriteTokens),
        ]))
    counter(
      "bedquota_model_quota_tokens", "Tokens as the quotas count them.",
      totals.compactMap { labels, total in total.quotaTokens.map { (labels, $0) } })
    summary(
      "bedquota_model_latency_seconds", "From the start of accepted requests to their end.",
      totals.compactMap { labels, total in
        total[.latency].map { (labels, sum: $0 / 1_000, count: total[.invocations] ?? 0) }
      })
  }

  private mutating func write(places state: UsageWatch.State, hasCounters: Bool) {
    func places(_ value: (UsageWatch.PlaceState) -> Double?) -> [(Labels, Double)] {
      state.places.compactMap { place in value(place).map { (Self.labels(place.place), $0) } }
    }
    gauge(
      "bedquota_place_up", "Whether the last reading of the account and Region succeeded.",
      places { $0.problem == nil ? $0.readAt.map { _ in 1 } : 0 })
    gauge("bedquota_place_read_timestamp_seconds", "When CloudWatch was read.", places { $0.readAt.map(Double.init) })
    gauge(
      "bedquota_place_quotas_read_timestamp_seconds", "When the quotas were read.", places { $0.quotasReadAt.map(Double.init) })
    gauge(
      "bedquota_quota_increase_requested", "The value that an open request for an increase asks for.",
      state.places.flatMap { place in
        (place.openIncreases ?? []).compactMap { record in
          record.desiredValue.map { (Self.labels(place.place) + [("quota_code", record.quotaCode ?? "none")], $0) }
        }
      }.uniqued())
    gauge(
      "bedquota_quota_increases_open", "Requests for increases that wait for a decision.",
      places { $0.openIncreases.map { Double($0.count) } })
    guard hasCounters else { return }
    counter("bedquota_place_failures", "Readings that failed.", places { Double($0.failures) })
    counter("bedquota_cloudwatch_calls", "Calls of GetMetricData.", places { Double($0.requestedInAll.calls) })
    counter(
      "bedquota_cloudwatch_metrics", "Metrics that GetMetricData was asked for, which AWS charges.",
      places { Double($0.requestedInAll.metrics) })
  }

  /// The program that reads.
  package mutating func write(version: String, interval: Duration) {
    info("bedquota_build", "The version of the program.", [("version", version)])
    gauge("bedquota_reading_interval_seconds", "Between two readings of CloudWatch.", [([], interval / .seconds(1))])
  }

  package mutating func write(_ process: ProcessUsage, startedAt: Int) {
    if let seconds = process.cpuSeconds { counter("process_cpu_seconds", "User and system time.", [([], seconds)]) }
    func sample(_ value: Double?) -> [(Labels, Double)] { value.map { [([], $0)] } ?? [] }
    gauge("process_resident_memory_bytes", "Resident memory.", sample(process.residentBytes))
    gauge("process_open_fds", "Open file descriptors.", sample(process.openDescriptors))
    gauge("process_max_fds", "File descriptors that the process may open.", sample(process.descriptorsMax))
    gauge("process_start_time_seconds", "When the process started, since 1970.", [([], Double(startedAt))])
  }

  /// In alphabetical order, as a gateway's.
  private static func labels(_ key: UsageCounters.Key) -> Labels {
    [
      ("account", LiveStatus.account(key.place)), ("endpoint", key.endpoint.rawValue), ("pool", key.id),
      ("region", key.place.region),
    ]
  }

  private static func labels(_ place: Place) -> Labels { [("account", LiveStatus.account(place)), ("region", place.region)] }
}

extension [(MetricFamilies.Labels, Double)] {
  /// The first sample of each set of labels: a quota may have several open requests, from different systems.
  fileprivate func uniqued() -> Self {
    var seen: Set<[String]> = []
    return filter { seen.insert($0.0.flatMap { [$0.name, $0.value] }).inserted }
  }
}
