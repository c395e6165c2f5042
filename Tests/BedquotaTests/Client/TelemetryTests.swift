import AWSClient
import AWSWire
import Bedquota
import BedrockEmulator
import InMemoryTracing
import Metrics
import MetricsTestKit
import TestSupport
import Testing
import Tracing

/// What swift-metrics and swift-distributed-tracing get to know, and what they don't.
@Suite(.serialized)
struct TelemetryTests {
  /// Both systems take one backend in the life of a process.
  private static let backends: (metrics: TestMetrics, tracer: InMemoryTracer) = {
    let metrics = TestMetrics()
    MetricsSystem.bootstrap(metrics)
    return (metrics, TestTracer.shared)
  }()

  /// An id that no other test invokes, so that what is counted is ours.
  private static let model = "us.meta.llama4-scout-17b-instruct-v1:0"

  @Test func spansAndMetricsOfRequests() async throws {
    let (metrics, tracer) = Self.backends
    let request = ModelRequest(prompt: "a secret of mine", maxTokens: 50)
    try await ClientBench.with(Self.model) { client, emulator in
      _ = try await client.send(request)
      for try await _ in try await client.stream(request) {}
      await ClientBench.control(emulator, "access", ["denied": [.string(Self.model)]])
      _ = try? await client.send(request)
    }
    let spans = tracer.finishedSpans.filter { $0.operationName == "chat \(Self.model)" }
    #expect(spans.count == 3)
    for span in spans.prefix(2) {
      #expect(span.kind == .client)
      #expect(span.attributes.get("gen_ai.provider.name") == .string("aws.bedrock"))
      #expect(span.attributes.get("gen_ai.request.max_tokens") == .int64(50))
      #expect(span.attributes.get("gen_ai.usage.input_tokens") == .int64(4))
      #expect(span.attributes.get("gen_ai.usage.output_tokens") == .int64(40))
      #expect(span.attributes.get("bedquota.attempts") == .int64(1))
    }
    #expect(spans.last?.attributes.get("error.type") == .string("AccessDeniedException"))
    #expect(spans.last?.status?.code == .error)
    // Neither what was asked nor what was said.
    #expect(!spans.contains { "\($0)".contains("secret") })

    let common = [("gen_ai.provider.name", "aws.bedrock"), ("gen_ai.request.model", Self.model)]
    func count(_ outcome: String) throws -> Int64 {
      try metrics.expectCounter("bedquota.client.requests", common + [("outcome", outcome)]).totalValue
    }
    #expect(try count("succeeded") == 2)
    #expect(try count("failed") == 1)
    let output = try metrics.expectRecorder("gen_ai.client.token.usage", common + [("gen_ai.token.type", "output")])
    #expect(output.values == [40, 40])
    #expect(try metrics.expectTimer("gen_ai.client.operation.duration", common).values.count == 3)
    #expect(try metrics.expectTimer("bedquota.client.wait", common).values.count == 3)
  }
}
