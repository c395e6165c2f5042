import AWSWire
import Bedquota
import Foundation
import HTTPTypes
import Metrics
import Testing
import Tracing

@Suite(.timeLimit(.minutes(1)))
struct OpenTelemetryExporterTests {
  private let time = FakeTime()
  private let notices = Notices()

  private func exporter(
    _ post: Post, _ variables: [String: String] = [:], sleeps: Bool = false, flushTime: Duration = .seconds(5),
    isReal: Bool = false
  ) throws -> OpenTelemetryExporter {
    let environment = variables.merging(["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318"]) { own, _ in own }
    let settings = try #require(try OpenTelemetrySettings(environment: environment))
    return OpenTelemetryExporter(
      settings, flushTime: flushTime, clock: isReal ? .system : time.clock(sleeps: sleeps), tell: notices.tell, send: post.send)
  }

  private func end(_ count: Int, _ exporter: OpenTelemetryExporter) {
    for index in 0..<count { exporter.tracer?.startSpan("span \(index)", context: .topLevel).end() }
  }

  private func names(_ post: Post) throws -> [[String]] {
    try post.requests.filter { $0.url.path == "/v1/traces" }.map { request in
      let resource = try JSONValue(request.body)["resourceSpans"]?.array?.first
      return resource?["scopeSpans"]?.array?.first?["spans"]?.array?.compactMap { $0["name"]?.string } ?? []
    }
  }

  private func runUntilCancelled(_ exporter: OpenTelemetryExporter, _ isDone: () -> Bool) async {
    let run = Task { await exporter.run() }
    while !isDone() { await Task.yield() }
    run.cancel()
    await run.value
  }

  @Test func withoutAPlaceThereIsNone() throws {
    #expect(try OpenTelemetrySettings(environment: [:]) == nil)
  }

  @Test func warningsAreTold() throws {
    _ = try exporter(Post(), ["OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"])
    #expect(notices.all.count == 1 && notices.all[0].isProblem)
  }

  @Test func aFullBatchIsSentAtOnceAndTheRestAtTheEnd() async throws {
    let post = Post()
    let exporter = try exporter(post, ["OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "2"])
    end(3, exporter)
    await runUntilCancelled(exporter) { !post.requests.isEmpty }
    #expect(try names(post) == [["span 0", "span 1"], ["span 2"]])
    #expect(notices.all.isEmpty && exporter.queue.count == 0)
  }

  @Test func whatIsBeingSentAtTheEndIsSentAgain() async throws {
    let post = Post(.silence, .status(200))
    let exporter = try exporter(post, ["OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "2", "OTEL_METRICS_EXPORTER": "none"])
    end(3, exporter)
    await runUntilCancelled(exporter) { !post.requests.isEmpty }
    #expect(try names(post) == [["span 0", "span 1"], ["span 0", "span 1"], ["span 2"]] && notices.all.isEmpty)
  }

  @Test func theEndHasADeadline() async throws {
    let post = Post(.silence)
    let exporter = try exporter(post, ["OTEL_METRICS_EXPORTER": "none"], flushTime: .milliseconds(50), isReal: true)
    end(3, exporter)
    await runUntilCancelled(exporter) { true }
    #expect(notices.all.map(\.text) == ["The last export to http://c:4318 was not complete: 3 spans were not sent."])
  }

  @Test func aCollectorThatIsAwayIsToldOnce() async throws {
    let post = Post(.failure())
    let exporter = try exporter(post, ["OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "1", "OTEL_METRICS_EXPORTER": "none"], sleeps: true)
    end(5, exporter)
    await runUntilCancelled(exporter) { exporter.queue.count == 0 }
    #expect(notices.all.map(\.text) == ["Traces can't be sent to http://c:4318, and are dropped: connection refused."])
  }

  @Test func aFullQueueIsTold() async throws {
    let exporter = try exporter(Post(), ["OTEL_BSP_MAX_QUEUE_SIZE": "2", "OTEL_METRICS_EXPORTER": "none"])
    end(5, exporter)
    await runUntilCancelled(exporter) { true }
    #expect(notices.all.count == 1 && notices.all[0].text.contains("3 were dropped"))
    #expect(exporter.queue.droppedCount == 3)
  }

  @Test func aTimeThatTheCollectorAsksForIsLeft() async throws {
    let post = Post(.status(503, headers: [.retryAfter: "120"]), .status(200))
    let exporter = try exporter(post, ["OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "1", "OTEL_METRICS_EXPORTER": "none"], sleeps: true)
    end(1, exporter)
    await runUntilCancelled(exporter) { post.requests.count > 1 }
    #expect(time.slept.contains(.seconds(120)))
    #expect(try names(post) == [["span 0"], ["span 0"]] && notices.all.map(\.isProblem) == [true, false])
  }

  @Test func metricsOfBothKindsAreSent() async throws {
    let post = Post()
    let exporter = try exporter(post, ["OTEL_TRACES_EXPORTER": "none"])
    let factory = try #require(exporter.factory)
    Counter(label: "own", factory: factory).increment()
    exporter.addMetrics(scope: OTLPScope("gateway")) { [OTLPMetric("read", .gauge([.init([], .int(1))]))] }
    await runUntilCancelled(exporter) { true }
    #expect(exporter.tracer == nil && post.requests.map(\.url.absoluteString) == ["http://c:4318/v1/metrics"])
    let body = String(decoding: try #require(post.requests.first).body, as: UTF8.self)
    #expect(["\"own\"", "\"read\"", "\"gateway\"", "\"1700000000000000000\""].allSatisfy { body.contains($0) })
  }

  @Test func withoutMetricsNothingIsSent() async throws {
    let post = Post()
    await runUntilCancelled(try exporter(post)) { true }
    #expect(post.requests.isEmpty)
  }

  @Test func metricsAreSentAtEachInterval() async throws {
    let post = Post(.failure(), .status(200))
    let exporter = try exporter(post, ["OTEL_METRIC_EXPORT_INTERVAL": "7000", "OTEL_TRACES_EXPORTER": "none"], sleeps: true)
    exporter.addMetrics { [OTLPMetric("read", .gauge([.init([], .int(1))]))] }
    await runUntilCancelled(exporter) { post.requests.count > 4 }
    #expect(time.slept.prefix(3) == [.seconds(7), .seconds(1), .seconds(7)] && notices.all.isEmpty)
  }

  @Test func bodiesAreCompressedIfAsked() async throws {
    let post = Post()
    let exporter = try exporter(post, ["OTEL_EXPORTER_OTLP_COMPRESSION": "gzip"])
    end(1, exporter)
    await runUntilCancelled(exporter) { true }
    let request = try #require(post.requests.first)
    #expect(request.body.prefix(2) == Data([0x1F, 0x8B]) && request.headers[.contentEncoding] == "gzip")
  }
}
