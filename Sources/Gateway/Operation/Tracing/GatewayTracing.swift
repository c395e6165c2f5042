import AWSWire
package import Tracing

/// The spans of a request: `gateway.request`, and in it `gateway.hold` and `gateway.upstream`.
///
/// They go to the tracer that the program has set up. Without one they cost nothing, and the client's context goes on as it came.
package enum GatewayTracing {
  package typealias Headers = [(name: String, value: String)]

  /// Begins the span of a request, as a part of the client's trace if the headers name one.
  /// - Parameter headers: names in lower case.
  package static func startRequest(_ method: String, operation: RequestRecord.Operation, _ headers: Headers) -> any Span {
    var context = ServiceContext.topLevel
    InstrumentationSystem.instrument.extract(headers, into: &context, using: HeaderExtractor())
    let span = InstrumentationSystem.tracer.startAnySpan("gateway.request", context: context, ofKind: .server)
    guard span.isRecording else { return span }
    span.updateAttributes { attributes in
      attributes["http.request.method"] = method
      attributes["rpc.method"] = operation.label
      attributes["gen_ai.provider.name"] = "aws.bedrock"
    }
    return span
  }

  /// Begins the time that a request is held.
  package static func startHold(in request: any Span) -> any Span {
    InstrumentationSystem.tracer.startAnySpan("gateway.hold", context: request.context, ofKind: .internal)
  }

  /// Begins one attempt at AWS.
  package static func startUpstream(in request: any Span, attempt: Int) -> any Span {
    let span = InstrumentationSystem.tracer.startAnySpan("gateway.upstream", context: request.context, ofKind: .client)
    if span.isRecording { span.updateAttributes { $0["bedquota.attempt"] = attempt } }
    return span
  }

  /// The headers with the context of a span instead of the client's own, if the program has a tracer.
  package static func headers(_ headers: Headers, in span: any Span) -> Headers {
    var context: Headers = []
    InstrumentationSystem.instrument.inject(span.context, into: &context, using: HeaderInjector())
    guard !context.isEmpty else { return headers }
    return headers.filter { !TraceContext.names.contains($0.name) } + context
  }

  /// Ends the span of a request.
  package static func end(_ span: any Span, _ record: RequestRecord) {
    if span.isRecording {
      span.updateAttributes { attributes in
        attributes["gen_ai.request.model"] = record.model
        attributes["gen_ai.response.model"] = record.responseModel
        attributes["http.response.status_code"] = record.status
        attributes["bedquota.outcome"] = record.outcome.rawValue
        attributes["bedquota.attempts"] = record.attempts
        attributes["bedquota.wait_seconds"] = record.waited / .seconds(1)
        attributes["gen_ai.usage.input_tokens"] = record.usage?.totalInput
        attributes["gen_ai.usage.output_tokens"] = record.usage?.output
        attributes["error.type"] = record.error
      }
      // The message of an error may hold parts of the request; its code can't.
      if record.error != nil { span.setStatus(.init(code: .error)) }
    }
    span.end()
  }
}

private struct HeaderExtractor: Extractor {
  func extract(key: String, from carrier: GatewayTracing.Headers) -> String? {
    let key = key.lowercased()
    return carrier.first { $0.name == key }?.value
  }
}

private struct HeaderInjector: Injector {
  func inject(_ value: String, forKey key: String, into carrier: inout GatewayTracing.Headers) {
    carrier.removeAll { $0.name.lowercased() == key.lowercased() }
    carrier.append((key, value))
  }
}
