import AWSClient
import AWSWire
import Metrics
import Tracing

/// What a client tells swift-metrics and swift-distributed-tracing, by the OpenTelemetry conventions for generative AI.
///
/// Source: opentelemetry.io/docs/specs/semconv/gen-ai/. Names that begin with `bedquota.` are ours. Prompts and completions are in none of it.
struct ClientTelemetry: Sendable {
  private let model: String
  private let inputTokens: Recorder
  private let outputTokens: Recorder
  private let duration: Metrics.Timer
  private let wait: Metrics.Timer
  private let throttles: Counter
  private let retries: Counter
  private let succeeded: Counter
  private let failed: Counter
  private let refused: Counter

  init(model: String) {
    self.model = model
    let common = [("gen_ai.provider.name", "aws.bedrock"), ("gen_ai.request.model", model)]
    func tokens(_ type: String) -> Recorder {
      Recorder(label: "gen_ai.client.token.usage", dimensions: common + [("gen_ai.token.type", type)])
    }
    func requests(_ outcome: String) -> Counter {
      Counter(label: "bedquota.client.requests", dimensions: common + [("outcome", outcome)])
    }
    inputTokens = tokens("input")
    outputTokens = tokens("output")
    duration = Metrics.Timer(label: "gen_ai.client.operation.duration", dimensions: common)
    wait = Metrics.Timer(label: "bedquota.client.wait", dimensions: common)
    throttles = Counter(label: "bedquota.client.throttles", dimensions: common)
    retries = Counter(label: "bedquota.client.retries", dimensions: common)
    (succeeded, failed, refused) = (requests("succeeded"), requests("failed"), requests("refused"))
  }

  func throttled() { throttles.increment() }
  func retried() { retries.increment() }

  func used(_ usage: TokenUsage) {
    inputTokens.record(usage.input + usage.cacheRead + usage.cacheWrite)
    outputTokens.record(usage.output)
  }

  enum End { case succeeded, failed, refused }

  func ended(_ end: End, waited: Duration, took: Duration) {
    switch end {
    case .succeeded: succeeded.increment()
    case .failed: failed.increment()
    case .refused: refused.increment()
    }
    wait.recordNanoseconds(Int64(waited / .nanoseconds(1)))
    duration.recordNanoseconds(Int64(took / .nanoseconds(1)))
  }

  // MARK: - Tracing

  func startSpan(_ request: ModelRequest) -> any Span {
    let span = InstrumentationSystem.tracer.startAnySpan("chat \(model)", ofKind: .client)
    guard span.isRecording else { return span }
    span.updateAttributes { attributes in
      attributes["gen_ai.operation.name"] = "chat"
      attributes["gen_ai.provider.name"] = "aws.bedrock"
      attributes["gen_ai.request.model"] = model
      attributes["rpc.method"] = request.api.rawValue
      if let maxTokens = request.maxTokens { attributes["gen_ai.request.max_tokens"] = maxTokens }
    }
    return span
  }

  static func end(_ span: any Span, _ usage: TokenUsage?, waited: Duration, attempts: Int, error: (any Error)?) {
    if span.isRecording {
      span.updateAttributes { attributes in
        if let usage {
          attributes["gen_ai.usage.input_tokens"] = usage.input + usage.cacheRead + usage.cacheWrite
          attributes["gen_ai.usage.output_tokens"] = usage.output
        }
        attributes["bedquota.attempts"] = attempts
        attributes["bedquota.wait_seconds"] = waited / .seconds(1)
        if let error { attributes["error.type"] = errorType(error) }
      }
      // The words of an error may hold what the request held; its kind can't.
      if error != nil { span.setStatus(.init(code: .error)) }
    }
    span.end()
  }

  private static func errorType(_ error: any Error) -> String {
    if let error = error as? AWSClientError { return error.service?.code ?? error.code.name }
    return String(describing: type(of: error))
  }
}
