package import Bedquota

/// Metric families as OpenTelemetry names and sends them.
///
/// Sources: opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/,
/// opentelemetry.io/docs/specs/semconv/system/process-metrics/ and
/// opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/.
extension MetricFamilies {
  /// The counters were 0 at the start of the export.
  package func otlp() -> [OTLPMetric] { all.compactMap { $0.otlp() } }
}

extension MetricFamily {
  /// - Returns: nil for what OpenTelemetry has no name for.
  package func otlp() -> OTLPMetric? {
    guard let (name, unit) = Self.openTelemetryName(name) else { return nil }
    return OTLPMetric(name, unit: unit, help: help, points(isUpDown: Self.upDown.contains(self.name)))
  }

  /// Names that don't follow from a rule; nil: left out.
  private static let names: [String: (name: String, unit: String)] = [
    "gen_ai_client_token_usage": ("gen_ai.client.token.usage", "{token}"),
    "gen_ai_server_request_duration_seconds": ("gen_ai.server.request.duration", "s"),
    "gen_ai_server_time_to_first_token_seconds": ("gen_ai.server.time_to_first_token", "s"),
    // By the rule it would have the name of `bedquota_held_seconds`.
    "bedquota_held_bytes": ("bedquota.held_size", "By"),
    "process_cpu_seconds": ("process.cpu.time", "s"),
    "process_resident_memory_bytes": ("process.memory.usage", "By"),
    "process_open_fds": ("process.open_file_descriptor.count", "{file_descriptor}"),
  ]

  /// Gauges whose values of several processes may be added, which are sums in OpenTelemetry.
  private static let upDown: Set<String> = ["process_resident_memory_bytes", "process_open_fds"]

  private static let units = [("_seconds", "s"), ("_bytes", "By"), ("_ratio", "1")]

  /// `bedquota_held_seconds` is `bedquota.held` in seconds.
  private static func openTelemetryName(_ name: String) -> (name: String, unit: String)? {
    if let known = names[name] { return known }
    let prefix = "bedquota_"
    guard name.hasPrefix(prefix), name.count > prefix.count else { return nil }
    let rest = name.dropFirst(prefix.count)
    for (suffix, unit) in units where rest.hasSuffix(suffix) && rest.count > suffix.count {
      return ("bedquota.\(rest.dropLast(suffix.count))", unit)
    }
    return ("bedquota.\(rest)", "")
  }

  private func points(isUpDown: Bool) -> OTLPMetric.Points {
    switch kind {
    case .counter: .sum(numbers, isMonotonic: true)
    case .gauge: isUpDown ? .sum(numbers, isMonotonic: false) : .gauge(numbers)
    case .info: .gauge(numbers)
    case .histogram, .summary: .histogram(histograms)
    }
  }

  private var numbers: [OTLPMetric.Point<OTLPMetric.Number>] {
    samples.compactMap { sample in
      // What isn't a number says nothing.
      guard case .number(let value) = sample.value, value.isFinite else { return nil }
      return .init(Self.attributes(sample.labels), .double(value))
    }
  }

  private var histograms: [OTLPMetric.Point<OTLPMetric.Histogram>] {
    samples.compactMap { sample in
      let histogram: OTLPMetric.Histogram
      switch sample.value {
      case .buckets(let buckets):
        histogram = .init(bounds: buckets.bounds, counts: buckets.counts, count: buckets.count, sum: buckets.sum)
      case .summary(let sum, let count):
        guard sum.isFinite, count >= 0, count < 0x1p63 else { return nil }
        // Without buckets, OpenTelemetry's histogram is a sum and a count.
        histogram = .init(bounds: [], counts: [], count: UInt64(count), sum: sum)
      case .number: return nil
      }
      return .init(Self.attributes(sample.labels), histogram)
    }
  }

  private static let labels = [
    "error_type": "error.type", "gen_ai_operation_name": "gen_ai.operation.name", "gen_ai_provider_name": "gen_ai.provider.name",
    "gen_ai_request_model": "gen_ai.request.model", "gen_ai_response_model": "gen_ai.response.model",
    "gen_ai_token_type": "gen_ai.token.type",
  ]

  private static func attributes(_ labels: [Label]) -> [OTLPAttribute] {
    labels.map { OTLPAttribute(Self.labels[$0.name] ?? $0.name, .string($0.value)) }
  }
}
