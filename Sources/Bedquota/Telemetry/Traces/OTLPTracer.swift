package import Tracing

/// Makes spans that are exported by OTLP, and passes their identity on in W3C's headers.
package struct OTLPTracer: Tracer {
  private let queue: SpanQueue
  private let sampler: TraceSampler
  private let limits: SpanLimits
  private let propagates: Bool

  package init(
    queue: SpanQueue, sampler: TraceSampler = TraceSampler(), limits: SpanLimits = SpanLimits(), propagates: Bool = true
  ) {
    (self.queue, self.sampler, self.limits, self.propagates) = (queue, sampler, limits, propagates)
  }

  package func startSpan<Instant: TracerInstant>(
    _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind,
    at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
  ) -> OTLPSpan {
    var context = context()
    let parent = context.spanIdentity
    let (high, low) = parent.map { ($0.high, $0.low) } ?? (SpanIdentity.newID(), SpanIdentity.newID())
    let isSampled = sampler.samples(low: low, parent: parent?.isSampled)
    let identity = SpanIdentity(
      high: high, low: low, span: SpanIdentity.newID(),
      flags: (parent?.flags ?? 0) & SpanIdentity.random | (isSampled ? SpanIdentity.sampled : 0), state: parent?.state)
    context.spanIdentity = identity
    let span = FinishedSpan(
      name: limits.bounded(operationName), identity: identity, parent: parent, kind: kind,
      start: isSampled ? instant().nanosecondsSinceEpoch : 0)
    return OTLPSpan(span, context: context, limits: limits, queue: queue)
  }

  /// Has the spans exported that have ended, without waiting for it.
  package func forceFlush() { queue.wake() }

  package func extract<Carrier, Extract: Extractor>(
    _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
  ) where Extract.Carrier == Carrier {
    guard propagates, let parent = extractor.extract(key: "traceparent", from: carrier) else { return }
    let state = extractor.extract(key: "tracestate", from: carrier)
    if let identity = SpanIdentity(traceparent: parent, tracestate: state) { context.spanIdentity = identity }
  }

  package func inject<Carrier, Inject: Injector>(
    _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
  ) where Inject.Carrier == Carrier {
    guard propagates, let identity = context.spanIdentity else { return }
    injector.inject(identity.traceparent, forKey: "traceparent", into: &carrier)
    if let state = identity.state { injector.inject(state, forKey: "tracestate", into: &carrier) }
  }
}
