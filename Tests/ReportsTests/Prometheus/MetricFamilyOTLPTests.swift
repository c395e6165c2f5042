import Bedquota
import Reports
import Testing

struct MetricFamilyOTLPTests {
  @Test(arguments: [
    ("gen_ai_client_token_usage", "gen_ai.client.token.usage", "{token}"),
    ("gen_ai_server_request_duration_seconds", "gen_ai.server.request.duration", "s"),
    ("gen_ai_server_time_to_first_token_seconds", "gen_ai.server.time_to_first_token", "s"),
    ("bedquota_requests", "bedquota.requests", ""), ("bedquota_held_seconds", "bedquota.held", "s"),
    ("bedquota_held_bytes", "bedquota.held_size", "By"), ("bedquota_quota_utilization_ratio", "bedquota.quota_utilization", "1"),
    ("bedquota_seconds", "bedquota.seconds", ""), ("process_cpu_seconds", "process.cpu.time", "s"),
    ("process_resident_memory_bytes", "process.memory.usage", "By"),
    ("process_open_fds", "process.open_file_descriptor.count", "{file_descriptor}"),
  ])
  func names(_ name: String, _ other: String, _ unit: String) {
    var families = MetricFamilies()
    families.counter(name, "h", [([], 1)])
    #expect(families.otlp().map(\.name) == [other] && families.otlp().map(\.unit) == [unit])
    #expect(families.otlp().map(\.help) == ["h"])
  }

  @Test(arguments: ["process_max_fds", "process_start_time_seconds", "bedquota_", "other"]) func othersAreLeftOut(_ name: String)
  {
    var families = MetricFamilies()
    families.gauge(name, "h", [([], 1)])
    #expect(families.otlp().isEmpty)
  }

  @Test func kinds() {
    var families = MetricFamilies()
    var buckets = BucketCounts([1, 2])
    buckets.record(1.5)
    families.counter("bedquota_a", "h", [([("caller", "x"), ("gen_ai_request_model", "m"), ("error_type", "e")], 2)])
    families.gauge("bedquota_b", "h", [([], 3), ([("a", "b")], .infinity)])
    families.info("bedquota_c", "h", [("version", "1")])
    families.histogram("bedquota_d", "h", [([], buckets)])
    families.summary("bedquota_e", "h", [([], sum: 4, count: 2)])
    families.gauge("process_open_fds", "h", [([], 5)])
    let labels = [
      OTLPAttribute("caller", .string("x")), OTLPAttribute("gen_ai.request.model", .string("m")),
      OTLPAttribute("error.type", .string("e")),
    ]
    #expect(
      families.otlp().map(\.points) == [
        .sum([.init(labels, .double(2))], isMonotonic: true), .gauge([.init([], .double(3))]),
        .gauge([.init([OTLPAttribute("version", .string("1"))], .double(1))]),
        .histogram([.init([], .init(bounds: [1, 2], counts: [0, 1, 0], count: 1, sum: 1.5))]),
        .histogram([.init([], .init(bounds: [], counts: [], count: 2, sum: 4))]),
        .sum([.init([], .double(5))], isMonotonic: false),
      ])
  }
}
