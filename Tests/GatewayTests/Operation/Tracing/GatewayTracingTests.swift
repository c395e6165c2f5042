import AWSServer
import AWSWire
import Bedquota
import BedrockEmulator
import Foundation
import InMemoryTracing
import Logging
import TestSupport
import Testing
import Tracing

@testable import Gateway

/// The spans of requests, with a tracer that keeps them, against an emulator.
@Suite(.timeLimit(.minutes(2)))
struct GatewayTracingTests {
  private static let nova = "us.amazon.nova-pro-v1:0"
  private static let question: JSONValue = [
    "messages": [["role": "user", "content": [["text": "a secret of mine"]]]], "inferenceConfig": ["maxTokens": 20],
  ]

  /// - Parameter requests: how many are sent, each as a part of the same trace.
  /// - Returns: the spans of that trace, as they ended.
  private static func spans(
    of target: String, requests: Int = 1, faults: JSONValue = [:], requestsPerMinute: Int? = nil
  ) async throws -> [FinishedInMemorySpan] {
    let tracer = TestTracer.shared
    let trace = UUID().uuidString
    try await TestEmulator.serving([try SampleAccount.load()]) { url, emulator in
      func control(_ what: String, _ json: JSONValue) async {
        _ = await emulator.respond(to: .init(method: "PUT", target: "/_emulator/\(what)", headers: [], body: json.data))
      }
      if let requestsPerMinute { await control("quotas", ["code": "L-ED46B8C5", "value": .integer(requestsPerMinute)]) }
      await control("faults", faults)
      try await BedquotaSession.with(try TestEmulator.configuration(url: url)) { session in
        var configuration = GatewayConfiguration()
        configuration.listen.port = 0
        let server = GatewayServer(
          configuration, session: session, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await server.serve { started in
          let authority = started.url.replacing("http://", with: "")
          try await RelayTest.with { upstream, loop in
            try await withThrowingTaskGroup { group in
              for _ in 0..<requests {
                group.addTask {
                  let headers: [(name: String, value: String)] = [
                    ("authorization", "Bearer tracer"), ("in-memory-trace-id", trace), ("in-memory-span-id", "client"),
                    ("x-bedquota-max-wait", "60s"),
                  ]
                  let request = RelayTest.post(authority, target: target, headers: headers, body: Self.question.data)
                  _ = try await RelayTest.text(upstream.open(request, on: loop))
                }
              }
              try await group.waitForAll()
            }
          }
        }
      }
    }
    return tracer.finishedSpans.filter { $0.traceID == trace }
  }

  private static func only(_ name: String, of spans: [FinishedInMemorySpan]) throws -> FinishedInMemorySpan {
    let found = spans.filter { $0.operationName == name }
    #expect(found.count == 1, "\(spans.map(\.operationName))")
    return try #require(found.first)
  }

  @Test(arguments: ["converse", "converse-stream"]) func aRequestIsAPartOfItsClientsTrace(operation: String) async throws {
    let spans = try await Self.spans(of: "/model/\(Self.nova)/\(operation)")
    let request = try Self.only("gateway.request", of: spans)
    #expect(request.parentSpanID == "client" && request.kind == .server)
    #expect(request.attributes.get("http.request.method") == .string("POST"))
    #expect(request.attributes.get("rpc.method") == .string("Converse"))
    #expect(request.attributes.get("gen_ai.request.model") == .string(Self.nova))
    #expect(request.attributes.get("http.response.status_code") == .int64(200))
    #expect(request.attributes.get("bedquota.outcome") == .string("succeeded"))
    #expect(request.attributes.get("gen_ai.usage.output_tokens") != nil && request.status == nil)
    let upstream = try Self.only("gateway.upstream", of: spans)
    #expect(upstream.parentSpanID == request.spanID && upstream.kind == .client)
    #expect(upstream.attributes.get("bedquota.attempt") == .int64(1))
    let chat = try Self.only("chat \(Self.nova)", of: spans)
    #expect(chat.parentSpanID == request.spanID)
    #expect(!spans.contains { "\($0)".contains("secret") })
  }

  @Test func aRequestIsTracedByItsOwnOperation() async throws {
    let spans = try await Self.spans(of: "/model/\(Self.nova)/invoke")
    for name in ["gateway.request", "chat \(Self.nova)"] {
      #expect(try Self.only(name, of: spans).attributes.get("rpc.method") == .string("InvokeModel"))
    }
  }

  @Test func eachAttemptHasASpan() async throws {
    let spans = try await Self.spans(of: "/model/\(Self.nova)/converse", faults: ["service-unavailable": 1])
    let request = try Self.only("gateway.request", of: spans)
    #expect(request.attributes.get("error.type") == .string("ServiceUnavailableException") && request.status?.code == .error)
    let attempts = spans.filter { $0.operationName == "gateway.upstream" }
    #expect(attempts.count > 1)
    #expect(
      attempts.map { $0.attributes.get("bedquota.attempt") } == (1...attempts.count).map { .int64(Int64($0)) })
    #expect(request.attributes.get("bedquota.attempts") == .int64(Int64(attempts.count)))
  }

  @Test func theTimeHeldHasASpan() async throws {
    let spans = try await Self.spans(of: "/model/\(Self.nova)/converse", requests: 8, requestsPerMinute: 240)
    let requests = Set(spans.filter { $0.operationName == "gateway.request" }.map(\.spanID))
    #expect(requests.count == 8)
    let holds = spans.filter { $0.operationName == "gateway.hold" }
    #expect(!holds.isEmpty && holds.allSatisfy { $0.parentSpanID.map(requests.contains) == true })
  }
}
