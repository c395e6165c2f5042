import AWSClient
import AWSWire
import BedrockQuotas
import Metrics
import Tracing

/// The metrics and spans of a client, by the OpenTelemetry conventions for generative AI.
///
/// Names that begin with `bedquota.` are ours. Neither metrics nor spans contain prompts or completions.
///
/// Source: opentelemetry.io/docs/specs/semconv/gen-ai/
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

  /// Records the action that an event of a request led to.
  func record(_ action: RequestCourse.Action, _ span: any Span) {
    if action.isThrottle { throttles.increment() }
    switch action {
    case .send(_, let cause): if cause != .start { retries.increment() }
    case .resend(_, let charge, _): record(charge.usage)
    case .settle(_, let charge, let end):
      if let charge { record(charge.usage) }
      record(end, span)
    case .giveUp(_, _, let end): record(end, span)
    case .none, .countTokens, .reserve, .retry, .update, .pause: break
    }
  }

  private func record(_ usage: TokenUsage) {
    inputTokens.record(usage.totalInput)
    outputTokens.record(usage.output)
  }

  private func record(_ end: RequestCourse.End, _ span: any Span) {
    switch end.result {
    case .succeeded: succeeded.increment()
    case .failed: failed.increment()
    case .refused: refused.increment()
    }
    wait.recordNanoseconds(Int64(saturating: end.waited / .nanoseconds(1)))
    duration.recordNanoseconds(Int64(saturating: end.took / .nanoseconds(1)))
    Self.finish(span, end)
  }

  // MARK: - Tracing

  func startSpan(_ request: ModelRequest, in context: ServiceContext? = nil) -> any Span {
    let context = context ?? .current ?? .topLevel
    let span = InstrumentationSystem.tracer.startAnySpan("chat \(model)", context: context, ofKind: .client)
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

  private static func finish(_ span: any Span, _ end: RequestCourse.End) {
    if span.isRecording {
      span.updateAttributes { attributes in
        if let usage = end.usage {
          attributes["gen_ai.usage.input_tokens"] = usage.totalInput
          attributes["gen_ai.usage.output_tokens"] = usage.output
        }
        attributes["bedquota.attempts"] = end.attempts
        attributes["bedquota.wait_seconds"] = end.waited / .seconds(1)
        if let error = end.error { attributes["error.type"] = errorType(error) }
      }
      // The message of an error may hold parts of the request; its type can't.
      if end.error != nil { span.setStatus(.init(code: .error)) }
    }
    span.end()
  }

  private static func errorType(_ error: any Error) -> String {
    if let error = error as? AWSClientError { return error.shortDescription }
    if let error = error as? BedquotaError { return error.shortDescription }
    return String(describing: type(of: error))
  }
}
