import AWSWire
import Foundation

/// What the environment says about the export of traces and metrics.
///
/// Sources: opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ and
/// opentelemetry.io/docs/specs/otel/protocol/exporter/.
package struct OpenTelemetrySettings: Sendable {
  /// How ended spans are gathered.
  package struct Batches: Sendable, Equatable {
    package var spansMax = 2_048
    package var batchMax = 512
    package var delay = Duration.seconds(5)
    /// For a batch, with its retries.
    package var timeout = Duration.seconds(30)

    package init() {}
  }

  /// Nil: no traces are sent.
  package var traces: OTLPSignal?
  /// Nil: no metrics are sent.
  package var metrics: OTLPSignal?
  /// What describes this process.
  package var resource: [OTLPAttribute] = []
  package var batches = Batches()
  package var limits = SpanLimits()
  package var sampler = TraceSampler()
  /// Whether `traceparent` is read and written.
  package var propagates = true
  package var metricInterval = Duration.seconds(60)
  /// For the metrics of one time, with their retries.
  package var metricTimeout = Duration.seconds(30)
  /// Sentences about settings that are not followed.
  package var warnings: [String] = []

  /// - Parameter serviceName: if the environment has no other.
  /// - Returns: nil if nothing is to be sent.
  /// - Throws: `BedquotaError` with a sentence that names the variable.
  package init?(environment: [String: String], serviceName: String = "bedquota") throws(BedquotaError) {
    let variables = OpenTelemetryVariables(environment)
    guard !variables.isTrue("OTEL_SDK_DISABLED") else { return nil }
    traces = try signal("TRACES", path: "v1/traces", variables)
    metrics = try signal("METRICS", path: "v1/metrics", variables)
    guard traces != nil || metrics != nil else { return nil }
    resource = try Self.resource(variables, serviceName: serviceName)
    try readBatches(variables)
    try readLimits(variables)
    try readSampler(variables)
    if let names = variables.text("OTEL_PROPAGATORS") { propagates = Self.list(names).contains("tracecontext") }
    // A shorter time would do nothing but send.
    metricInterval = max(try variables.milliseconds(["OTEL_METRIC_EXPORT_INTERVAL"]) ?? metricInterval, .milliseconds(100))
    metricTimeout = try variables.timeout(["OTEL_METRIC_EXPORT_TIMEOUT"]) ?? metricTimeout
    let temporality = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"
    if metrics != nil, let value = variables.text(temporality), value.lowercased() != "cumulative" {
      warn("\(temporality) is not followed: metrics are sent cumulative.")
    }
  }

  /// Once for both signals.
  mutating func warn(_ sentence: String) {
    if !warnings.contains(sentence) { warnings.append(sentence) }
  }

  static func list(_ text: String) -> [String] {
    text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
  }

  private mutating func readBatches(_ variables: OpenTelemetryVariables) throws(BedquotaError) {
    let most = 1 << 20
    batches.spansMax = min(try variables.integer(["OTEL_BSP_MAX_QUEUE_SIZE"], from: 1) ?? batches.spansMax, most)
    let batchMax = try variables.integer(["OTEL_BSP_MAX_EXPORT_BATCH_SIZE"], from: 1) ?? batches.batchMax
    batches.batchMax = min(batchMax, batches.spansMax)
    batches.delay = max(try variables.milliseconds(["OTEL_BSP_SCHEDULE_DELAY"]) ?? batches.delay, .milliseconds(100))
    batches.timeout = try variables.timeout(["OTEL_BSP_EXPORT_TIMEOUT"]) ?? batches.timeout
  }

  private mutating func readLimits(_ variables: OpenTelemetryVariables) throws(BedquotaError) {
    let general = "OTEL_ATTRIBUTE_COUNT_LIMIT"
    limits.attributes = try variables.integer(["OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", general]) ?? limits.attributes
    limits.eventAttributes = try variables.integer(["OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", general]) ?? limits.eventAttributes
    limits.linkAttributes = try variables.integer(["OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", general]) ?? limits.linkAttributes
    limits.valueLength =
      try variables.integer(["OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"]) ?? limits.valueLength
    limits.events = try variables.integer(["OTEL_SPAN_EVENT_COUNT_LIMIT"]) ?? limits.events
    limits.links = try variables.integer(["OTEL_SPAN_LINK_COUNT_LIMIT"]) ?? limits.links
  }

  private mutating func readSampler(_ variables: OpenTelemetryVariables) throws(BedquotaError) {
    let variable = "OTEL_TRACES_SAMPLER"
    guard traces != nil, let name = variables.text(variable)?.lowercased() else { return }
    let parent = "parentbased_"
    sampler.followsParent = name.hasPrefix(parent)
    switch sampler.followsParent ? String(name.dropFirst(parent.count)) : name {
    case "always_on": sampler.root = .always
    case "always_off": sampler.root = .never
    case "traceidratio": sampler.root = .ratio(try Self.ratio(variables))
    default:
      sampler = TraceSampler()
      warn(
        "\(variable) names a sampler that Bedquota doesn't have, so parentbased_always_on is used; it has always_on, always_off "
          + "and traceidratio, and each of them with parentbased_ before it.")
    }
  }

  private static func ratio(_ variables: OpenTelemetryVariables) throws(BedquotaError) -> Double {
    let name = "OTEL_TRACES_SAMPLER_ARG"
    guard let text = variables.text(name) else { return 1 }
    guard let ratio = Double(text), (0...1).contains(ratio) else {
      throw OpenTelemetryVariables.error("\(name) must be a number from 0 to 1, such as 0.25.")
    }
    return ratio
  }

  private static func resource(
    _ variables: OpenTelemetryVariables, serviceName: String
  ) throws(BedquotaError) -> [OTLPAttribute] {
    var values = [
      "service.name": serviceName, "service.version": BedquotaVersion.current,
      // Sums of several processes must not look like one that goes up and down.
      "service.instance.id": UUID().uuidString.lowercased(),
    ]
    for (name, value) in try variables.pairs(["OTEL_RESOURCE_ATTRIBUTES"]) { values[name] = value }
    if let name = variables.text("OTEL_SERVICE_NAME") { values["service.name"] = name }
    values["telemetry.sdk.name"] = "bedquota"
    values["telemetry.sdk.language"] = "swift"
    values["telemetry.sdk.version"] = BedquotaVersion.current
    return values.sorted { $0.key < $1.key }.map { OTLPAttribute($0.key, .string(String($0.value.prefix(1_024)))) }
  }
}
