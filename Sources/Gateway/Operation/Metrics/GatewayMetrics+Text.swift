package import AWSServer
import Bedquota
import BedrockQuotas
import Foundation
package import Reports
import Synchronization

extension GatewayMetrics {
  /// The reply to a request for `/metrics`.
  package func reply(accept: String?, _ status: LiveStatus, process: ProcessUsage = .current()) -> ServerResponse {
    let format = ExpositionFormat(accept: accept)
    return ServerResponse(
      status: 200, headers: [("Content-Type", format.contentType)], body: Data(text(format, status, process).utf8))
  }

  func text(_ format: ExpositionFormat, _ status: LiveStatus, _ process: ProcessUsage) -> String {
    Exposition.text(families(status, process), format)
  }

  /// All metrics at one time.
  package func families(_ status: LiveStatus, _ process: ProcessUsage) -> MetricFamilies {
    let state = state.withLock { $0 }
    var families = MetricFamilies()
    families.write(genAI: state)
    families.write(traffic: state)
    families.write(status.accounts)
    families.write(status.pools)
    families.write(routed: state, status.routes)
    families.write(status.callers, labels: state.callers)
    if let gateway = status.gateway {
      families.write(gateway, openStreams: state.openStreams)
      families.write(process, startedAt: gateway.startedAt.seconds)
    }
    return families
  }
}

extension MetricFamilies {
  private static let provider = (name: "gen_ai_provider_name", value: "aws.bedrock")

  private static func labels(_ model: ModelKey) -> Labels {
    [
      // As in the client's own telemetry: nothing that Bedrock serves is told apart by its path.
      ("gen_ai_operation_name", "chat"), provider, ("gen_ai_request_model", model.requestModel),
      ("gen_ai_response_model", model.responseModel),
    ]
  }

  /// The metrics that OpenTelemetry's conventions for generative AI name, as Prometheus spells them.
  ///
  /// Source: opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/
  fileprivate mutating func write(genAI state: GatewayMetrics.State) {
    histogram(
      "gen_ai_client_token_usage", "Tokens of a request, by type; input includes cached tokens.",
      sorted(
        state.tokens.series.flatMap { model, tokens in
          let labels = Self.labels(model)
          return [
            (labels + [("gen_ai_token_type", "input")], tokens.input),
            (labels + [("gen_ai_token_type", "output")], tokens.output),
          ]
        }))
    histogram(
      "gen_ai_server_request_duration_seconds",
      "From the head of a request to the last byte of its reply, the time held included.",
      sorted(
        state.durations.series.map { key, durations in
          (Self.labels(key.model) + (key.error.map { [("error_type", $0)] } ?? []), durations)
        }))
    histogram(
      "gen_ai_server_time_to_first_token_seconds",
      "From the head of a request to the first byte of AWS's stream, the time held included.",
      sorted(state.firstTokens.series.map { (Self.labels($0), $1) }))
  }

  /// What the gateway did.
  fileprivate mutating func write(traffic state: GatewayMetrics.State) {
    counter(
      "bedquota_requests", "Requests that have ended, by caller, operation and outcome.",
      sorted(
        state.requests.series.map { key, count in
          let labels: Labels = [
            ("caller", key.caller), ("operation", key.operation.label), ("outcome", key.outcome.rawValue),
          ]
          return (labels, Double(count))
        }))
    counter(
      "bedquota_tokens", "Tokens of each caller, by type.",
      sorted(
        state.callerTokens.series.flatMap { key, tokens in
          [
            ("input", tokens.input), ("output", tokens.output), ("cache_read", tokens.cacheRead),
            ("cache_write", tokens.cacheWrite),
          ]
          .map { ([("caller", key.caller), ("type", $0.0)], Double($0.1)) }
        }))
    histogram(
      "bedquota_held_seconds",
      "Time that a request was held, by the quota that it waited for, and whether it was sent in the end.",
      sorted(
        state.waits.series.map { key, waits in
          ([("measure", key.measure), ("quota_code", key.code), ("sent", key.isSent ? "true" : "false")], waits)
        }))
    histogram(
      "bedquota_upstream_duration_seconds", "From the sending of the last attempt to AWS to the last byte of its reply.",
      sorted(
        state.upstream.series.map { model, times in
          ([("request_model", model.requestModel), ("response_model", model.responseModel)], times)
        }))
    counter(
      "bedquota_refusals", "Requests that the gateway turned away before they were sent, by reason.",
      closed("reason", RefusalReason.self, state.refusals))
    counter(
      "bedquota_upstream_throttles", "Attempts that AWS throttled although the meters had room, by pool.",
      sorted(
        state.pools.series.map { key, count in
          (Self.labels(key), Double(count.throttled))
        }))
    counter(
      "bedquota_retries", "Requests that were sent to AWS again, by cause.",
      closed("cause", GatewayMetrics.RetryCause.self, state.retries))
    counter(
      "bedquota_keepalives", "Keep-alives that waiting clients got, by form.",
      closed("form", GatewayMetrics.KeepAliveForm.self, state.keepAlives))
    counter(
      "bedquota_authentication_failures", "Callers that were not let in, by reason.",
      closed("reason", FailedAuthentications.Reason.self, state.authenticationFailures))
    counter(
      "bedquota_authentication_failures_cut", "Failures beyond what an address may make, after which its connection ended.",
      [([], Double(state.cutAuthentications))])
    counter(
      "bedquota_configuration_reloads", "Times that the configuration was read again, by result.",
      [(true, "accepted"), (false, "refused")].map { ([("result", $0.1)], Double(state.reloads[$0.0] ?? 0)) })
    counter(
      "bedquota_estimated_usage", "Requests whose usage is an estimate, because their reply did not say it.",
      [([], Double(state.estimates))])
    counter(
      "bedquota_folded_series", "Counts that went to a series with the label other, because there were too many series.",
      [([], Double(state.foldedCount))])
  }

  fileprivate mutating func write(_ all: [LiveStatus.Pool]) {
    // Several of them would have the same labels.
    let pools = all.filter { $0.id != LabelSet.other }
    func gauge(
      _ name: String, _ help: String, _ value: (LiveStatus.Pool, LiveStatus.Quota) -> Double?
    ) -> (String, String, [(Labels, Double)]) {
      let samples = pools.flatMap { pool in
        pool.quotas.compactMap { quota in
          value(pool, quota).map { value in
            (Self.labels(pool) + [("measure", quota.measure), ("quota_code", quota.code ?? "none")], value)
          }
        }
      }
      return (name, help, samples)
    }
    for (name, help, samples) in [
      gauge("bedquota_quota_limit", "The account's quota, in the unit of its measure.") { $1.limit },
      gauge("bedquota_quota_level", "What the quota has free now; below zero: debt.") { $1.level },
      gauge("bedquota_quota_reserved", "What requests in flight hold until their replies say what they used.") { $1.reserved },
      gauge("bedquota_quota_utilization_ratio", "How full the quota is: 1 is full, more is debt.") { $1.utilization },
    ] { self.gauge(name, help, samples) }
    func ofPool(_ value: (LiveStatus.Pool) -> Double?) -> [(Labels, Double)] {
      pools.compactMap { pool in value(pool).map { (Self.labels(pool), $0) } }
    }
    self.gauge("bedquota_pool_in_flight", "Requests that were sent and have not ended.", ofPool { $0.inFlight.map(Double.init) })
    self.gauge("bedquota_pool_waiting", "Requests that wait for a quota of the pool.", ofPool { $0.waiting.map(Double.init) })
    self.gauge(
      "bedquota_pool_longest_wait_seconds", "For how long the request has waited that has waited longest; 0: none waits.",
      ofPool { $0.waiting == nil ? nil : $0.longestWaitSeconds ?? 0 })
    self.gauge(
      "bedquota_pool_quotas_read_timestamp_seconds", "When the quotas of the pool were read from the account.",
      ofPool { $0.quotasReadAt.map { Double($0.seconds) } })
    guard pools.contains(where: { $0.fleet != nil }) else { return }
    for (name, help, value) in Self.fleetGauges { self.gauge(name, help, ofPool { $0.fleet.flatMap(value) }) }
    counter("bedquota_fleet_syncs", "Operations on the fleet's store.", ofPool { $0.fleet.map { Double($0.syncs) } })
  }

  private static let fleetGauges: [(String, String, @Sendable (LiveStatus.Fleet) -> Double?)] = [
    ("bedquota_fleet_store_up", "Whether the fleet's store answers.", { $0.isStoreAway ? 0 : 1 }),
    ("bedquota_fleet_fallback", "Whether requests are sent without the fleet's store.", { $0.isInFallback ? 1 : 0 }),
    (
      "bedquota_fleet_limits_lowered", "Whether throttled requests have lowered the fleet's limits.",
      { $0.hasLearntLimits ? 1 : 0 }
    ),
    ("bedquota_fleet_members", "Members that share the quotas, this gateway included.", { Double($0.members) }),
    ("bedquota_fleet_share_ratio", "This gateway's part of what the fleet got in the last minute.", { $0.share }),
    (
      "bedquota_fleet_answer_seconds", "The time in which nine of ten answers of the fleet's store come.", { $0.roundTripSeconds }
    ),
  ]

  private static func labels(_ pool: LiveStatus.Pool) -> Labels {
    labels(account: pool.account, region: pool.region, endpoint: pool.endpoint, pool: pool.id)
  }

  private static func labels(_ pool: PoolLabel) -> Labels {
    labels(account: pool.account, region: pool.region, endpoint: pool.endpoint.rawValue, pool: pool.id)
  }

  private static func labels(account: String, region: String, endpoint: String, pool: String) -> Labels {
    [("account", account), ("endpoint", endpoint), ("pool", pool), ("region", region)]
  }

  fileprivate mutating func write(_ accounts: [LiveStatus.Account]) {
    gauge(
      "bedquota_account_ready", "Whether the account has credentials, and its quotas were read or are denied.",
      accounts.map { ([("account", $0.name)], $0.isReady ? 1 : 0) })
  }

  /// Callers whose names have no series of their own are left out: what is left of their budgets has no sum that means anything.
  fileprivate mutating func write(_ all: [LiveStatus.Caller], labels: LabelSet) {
    var labels = labels
    let callers = all.filter { labels.label($0.name) == $0.name }
    func ofCaller(_ value: (LiveStatus.Caller) -> Double) -> [(Labels, Double)] {
      callers.map { ([("caller", $0.name)], value($0)) }
    }
    gauge("bedquota_caller_waiting", "Requests of the caller that wait.", ofCaller { Double($0.waiting) })
    gauge(
      "bedquota_caller_in_flight", "Requests of the caller that were sent and have not ended.", ofCaller { Double($0.inFlight) })
    gauge(
      "bedquota_caller_budget_left", "What is left of the caller's budget, in its unit.",
      callers.flatMap { caller in
        caller.budgets.map { ([("budget", $0.name), ("caller", caller.name)], $0.left) }
      })
  }

  fileprivate mutating func write(_ gateway: LiveStatus.Gateway, openStreams: Int) {
    info("bedquota_build", "The version of the gateway.", [("version", gateway.version)])
    gauge("bedquota_ready", "Whether the gateway takes requests.", [([], gateway.isReady ? 1 : 0)])
    gauge("bedquota_draining", "Whether the gateway is ending.", [([], gateway.isDraining ? 1 : 0)])
    gauge("bedquota_connections", "Connections of clients.", [([], Double(gateway.connections))])
    gauge("bedquota_open_streams", "Streamed replies that have begun and not ended.", [([], Double(openStreams))])
    gauge("bedquota_held_bytes", "Bytes of the bodies of all requests that have not ended.", [([], Double(gateway.heldBytes))])
    gauge(
      "bedquota_configuration_loaded_timestamp_seconds", "When the configuration was read that is in force.",
      [([], Double(gateway.configurationLoadedAt.seconds))])
    counter(
      "bedquota_access_log_dropped_lines", "Lines of the access log that could not be written.",
      [([], Double(gateway.accessLogDroppedLines))])
  }

  /// All values of a closed set, those that were never counted too, so that a rate has its first step.
  private func closed<Value: CaseIterable & RawRepresentable & Hashable>(
    _ label: String, _: Value.Type, _ counts: [Value: UInt64]
  ) -> [(Labels, Double)] where Value.RawValue == String {
    Value.allCases.map { ([(label, $0.rawValue)], Double(counts[$0] ?? 0)) }
  }

  /// In an order that stays the same from one scrape to the next.
  func sorted<Value>(_ samples: [(Labels, Value)]) -> [(Labels, Value)] {
    samples.sorted { first, second in
      first.0.lazy.map(\.value).lexicographicallyPrecedes(second.0.lazy.map(\.value))
    }
  }
}
