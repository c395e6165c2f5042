import Bedquota
import Foundation
import HTTPTypes
import Testing

struct OpenTelemetrySettingsTests {
  private static let endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT"

  private func settings(_ variables: [String: String]) throws -> OpenTelemetrySettings {
    try #require(
      try OpenTelemetrySettings(environment: variables.merging([Self.endpoint: "http://localhost:4318"]) { own, _ in own }))
  }

  @Test(arguments: [
    [:], [endpoint: ""], [endpoint: "  "], ["OTEL_EXPORTER_OTLP_HEADERS": "a=b"], ["OTEL_TRACES_EXPORTER": "otlp"],
    [endpoint: "http://localhost:4318", "OTEL_SDK_DISABLED": "True"], [endpoint: "no URL", "OTEL_SDK_DISABLED": "true"],
    [endpoint: "http://localhost:4318", "OTEL_TRACES_EXPORTER": "none", "OTEL_METRICS_EXPORTER": "none"],
    [endpoint: "http://localhost:4318", "OTEL_TRACES_EXPORTER": "console", "OTEL_METRICS_EXPORTER": "prometheus"],
  ])
  func nothingIsSentWithoutAPlace(_ environment: [String: String]) throws {
    #expect(try OpenTelemetrySettings(environment: environment) == nil)
  }

  @Test(arguments: [
    ("http://localhost:4318", "http://localhost:4318/v1/traces"), ("HTTP://localhost:4318/", "http://localhost:4318/v1/traces"),
    ("https://otlp.example.com/a/b", "https://otlp.example.com/a/b/v1/traces"),
    ("https://otlp.example.com/a/?key=1", "https://otlp.example.com/a/v1/traces?key=1"),
    ("http://[::1]:4318", "http://[::1]:4318/v1/traces"), (" http://localhost:4318 ", "http://localhost:4318/v1/traces"),
  ])
  func pathsFollowAnEndpointOfAllSignals(_ endpoint: String, _ url: String) throws {
    let settings = try settings([Self.endpoint: endpoint])
    #expect(settings.traces?.url.absoluteString == url)
    #expect(settings.metrics?.url.absoluteString == url.replacing("traces", with: "metrics"))
  }

  @Test func signalsHaveSettingsOfTheirOwn() throws {
    let settings = try settings([
      "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://traces.example.com", "OTEL_EXPORTER_OTLP_HEADERS": "a=1",
      "OTEL_EXPORTER_OTLP_TRACES_HEADERS": "Authorization=Basic%20YTpi%3D%3D, x = 2", "OTEL_EXPORTER_OTLP_TIMEOUT": "2000",
      "OTEL_EXPORTER_OTLP_METRICS_TIMEOUT": "0", "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION": "gzip",
    ])
    let (traces, metrics) = (try #require(settings.traces), try #require(settings.metrics))
    // As it is, without a path being added.
    #expect(
      traces.url.absoluteString == "https://traces.example.com/"
        && metrics.url.absoluteString == "http://localhost:4318/v1/metrics")
    #expect(
      traces.headers.map(\.name.rawName) == ["Authorization", "x"] && traces.headers.map(\.value) == ["Basic YTpi==", "2"])
    #expect(metrics.headers.map(\.name.rawName) == ["a"])
    #expect(traces.timeout == .seconds(2) && metrics.timeout > .seconds(1_000_000))
    #expect(traces.isCompressed && !metrics.isCompressed && settings.warnings.isEmpty)
  }

  @Test func aSignalMayGoNowhere() throws {
    let own = try #require(try OpenTelemetrySettings(environment: ["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "http://localhost/m"]))
    #expect(own.traces == nil && own.metrics?.url.absoluteString == "http://localhost/m")
    let none = try settings(["OTEL_METRICS_EXPORTER": "none"])
    #expect(none.traces != nil && none.metrics == nil && none.warnings.isEmpty)
    let other = try settings(["OTEL_METRICS_EXPORTER": "prometheus"])
    #expect(other.metrics == nil && other.warnings.count == 1 && other.warnings[0].contains("OTEL_METRICS_EXPORTER"))
    #expect(try settings(["OTEL_METRICS_EXPORTER": "console, otlp"]).metrics != nil)
  }

  @Test func defaultsAreOpenTelemetrys() throws {
    let settings = try settings([:])
    #expect(settings.batches == .init() && settings.batches.spansMax == 2_048 && settings.batches.batchMax == 512)
    #expect(settings.batches.delay == .seconds(5) && settings.batches.timeout == .seconds(30))
    #expect(settings.metricInterval == .seconds(60) && settings.metricTimeout == .seconds(30))
    #expect(settings.sampler == TraceSampler(followsParent: true, root: .always) && settings.limits == SpanLimits())
    #expect(settings.propagates && settings.warnings.isEmpty)
    #expect(settings.traces?.timeout == .seconds(10) && settings.traces?.isCompressed == false)
  }

  @Test func numbersAreFollowed() throws {
    let settings = try settings([
      "OTEL_BSP_SCHEDULE_DELAY": "0", "OTEL_BSP_MAX_QUEUE_SIZE": "10", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "20",
      "OTEL_BSP_EXPORT_TIMEOUT": "1500", "OTEL_METRIC_EXPORT_INTERVAL": "1000", "OTEL_METRIC_EXPORT_TIMEOUT": "700",
      "OTEL_ATTRIBUTE_COUNT_LIMIT": "7", "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT": "8", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT": "9",
      "OTEL_SPAN_EVENT_COUNT_LIMIT": "0", "OTEL_SPAN_LINK_COUNT_LIMIT": "2", "OTEL_PROPAGATORS": "b3",
    ])
    let batches = settings.batches
    #expect(batches.spansMax == 10 && batches.batchMax == 10 && batches.timeout == .milliseconds(1_500))
    // Not a loop without a pause.
    #expect(batches.delay == .milliseconds(100))
    #expect(settings.metricInterval == .seconds(1) && settings.metricTimeout == .milliseconds(700))
    let limits = settings.limits
    #expect(limits.attributes == 8 && limits.eventAttributes == 7 && limits.linkAttributes == 7 && limits.valueLength == 9)
    #expect(limits.events == 0 && limits.links == 2 && !settings.propagates)
  }

  @Test(arguments: [
    ("always_on", "", TraceSampler(followsParent: false, root: .always)),
    ("always_off", "", TraceSampler(followsParent: false, root: .never)),
    ("traceidratio", "0.25", TraceSampler(followsParent: false, root: .ratio(0.25))),
    ("parentbased_always_off", "", TraceSampler(followsParent: true, root: .never)),
    ("ParentBased_TraceIdRatio", "", TraceSampler(followsParent: true, root: .ratio(1))),
  ])
  func samplers(_ name: String, _ argument: String, _ sampler: TraceSampler) throws {
    let settings = try settings(["OTEL_TRACES_SAMPLER": name, "OTEL_TRACES_SAMPLER_ARG": argument])
    #expect(settings.sampler == sampler && settings.warnings.isEmpty)
  }

  @Test func aResourceDescribesTheProcess() throws {
    let settings = try settings([
      "OTEL_SERVICE_NAME": "proxy", "OTEL_RESOURCE_ATTRIBUTES": "service.name=other,deployment.environment.name=a%2Cb",
    ])
    let values = Dictionary(uniqueKeysWithValues: settings.resource.map { ($0.name, $0.value) })
    #expect(values["service.name"] == .string("proxy") && values["deployment.environment.name"] == .string("a,b"))
    #expect(values["telemetry.sdk.language"] == .string("swift") && values["service.instance.id"] != nil)
    let named = try self.settings(["OTEL_RESOURCE_ATTRIBUTES": "service.name=other"])
    #expect(named.resource.contains(OTLPAttribute("service.name", .string("other"))))
  }

  @Test(arguments: [
    (["OTEL_TRACES_SAMPLER": "jaeger_remote"], "OTEL_TRACES_SAMPLER"),
    (["OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"], "OTEL_EXPORTER_OTLP_PROTOCOL"),
    (["OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"], "http/json only"),
    (["OTEL_EXPORTER_OTLP_COMPRESSION": "zstd"], "OTEL_EXPORTER_OTLP_COMPRESSION"),
    (["OTEL_EXPORTER_OTLP_CERTIFICATE": "/ca.pem"], "OTEL_EXPORTER_OTLP_CERTIFICATE"),
    (["OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "delta"], "cumulative"),
    ([endpoint: "http://otlp.example.com", "OTEL_EXPORTER_OTLP_HEADERS": "a=b"], "plain http"),
  ])
  func whatIsNotFollowedIsTold(_ variables: [String: String], _ words: String) throws {
    let settings = try settings(variables)
    #expect(settings.warnings.count == 1 && settings.warnings[0].contains(words))
  }

  @Test func jsonIsWhatIsAskedFor() throws {
    #expect(try settings(["OTEL_EXPORTER_OTLP_PROTOCOL": "http/json", Self.endpoint: "http://localhost:4317"]).warnings.isEmpty)
  }

  @Test(arguments: [
    ([endpoint: "localhost:4318"], endpoint), ([endpoint: "ftp://localhost"], endpoint), ([endpoint: "http://"], endpoint),
    ([endpoint: "http://user:sekrit@localhost"], endpoint), ([endpoint: "http://localhost:4317"], "4317"),
    (["OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", endpoint: "http://localhost:4317"], "http/json"),
    (["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "sekrit"], "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"),
    (["OTEL_EXPORTER_OTLP_HEADERS": "sekrit"], "OTEL_EXPORTER_OTLP_HEADERS"),
    (["OTEL_EXPORTER_OTLP_HEADERS": "a=1,b=sekrit%0d%0ax: y"], "pair 2"),
    (["OTEL_EXPORTER_OTLP_HEADERS": "a b=sekrit"], "pair 1"), (["OTEL_EXPORTER_OTLP_HEADERS": "a=sekrit%"], "pair 1"),
    (["OTEL_EXPORTER_OTLP_HEADERS": "Content-Type=sekrit"], "Content-Type"),
    (["OTEL_EXPORTER_OTLP_TIMEOUT": "10s"], "OTEL_EXPORTER_OTLP_TIMEOUT"),
    (["OTEL_BSP_MAX_QUEUE_SIZE": "0"], "OTEL_BSP_MAX_QUEUE_SIZE"),
    (["OTEL_METRIC_EXPORT_INTERVAL": "-1"], "OTEL_METRIC_EXPORT_INTERVAL"),
    (["OTEL_BSP_SCHEDULE_DELAY": "99999999999999999999"], "OTEL_BSP_SCHEDULE_DELAY"),
    (["OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "2"], "OTEL_TRACES_SAMPLER_ARG"),
    (["OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "nan"], "OTEL_TRACES_SAMPLER_ARG"),
    (["OTEL_RESOURCE_ATTRIBUTES": "sekrit"], "OTEL_RESOURCE_ATTRIBUTES"),
  ])
  func whatIsWrongIsNamedWithoutItsValue(_ variables: [String: String], _ words: String) {
    let error = #expect(throws: BedquotaError.self) { try settings(variables) }
    #expect(error?.message.contains(words) == true && error?.message.contains("sekrit") == false)
  }
}
