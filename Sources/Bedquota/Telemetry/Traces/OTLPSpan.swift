import Synchronization
package import Tracing

/// A span of ``OTLPTracer``. One that is not sampled keeps nothing, and only passes its identity on.
package final class OTLPSpan: Span {
  package let context: ServiceContext
  private let isSampled: Bool
  private let limits: SpanLimits
  private let queue: SpanQueue
  private let state: Mutex<State>

  private struct State {
    var span: FinishedSpan
    var isEnded = false
  }

  /// - Parameter context: with the identity of this span.
  init(_ span: FinishedSpan, context: ServiceContext, limits: SpanLimits, queue: SpanQueue) {
    (self.context, self.limits, self.queue) = (context, limits, queue)
    isSampled = span.identity.isSampled
    state = Mutex(State(span: span))
  }

  package var isRecording: Bool { isSampled && state.withLock { !$0.isEnded } }

  package var operationName: String {
    get { state.withLock { $0.span.name } }
    set { change { [limits] in $0.name = limits.bounded(newValue) } }
  }

  package var attributes: SpanAttributes {
    get { state.withLock { $0.span.attributes } }
    set {
      change { [limits] span in
        let (kept, dropped) = limits.bounded(newValue, most: limits.attributes, earlier: span.attributes)
        span.attributes = kept
        span.droppedAttributes += dropped
      }
    }
  }

  /// What is said to be well stays so.
  package func setStatus(_ status: SpanStatus) {
    change { [limits] span in
      guard span.status?.code != .ok else { return }
      span.status = SpanStatus(code: status.code, message: status.code == .ok ? nil : status.message.map(limits.bounded))
    }
  }

  package func addEvent(_ event: SpanEvent) {
    change { [limits] span in
      guard span.events.count < limits.events else { return span.droppedEvents += 1 }
      let (kept, dropped) = limits.bounded(event.attributes, most: limits.eventAttributes)
      span.events.append(
        .init(
          name: limits.bounded(event.name), time: event.nanosecondsSinceEpoch, attributes: kept, droppedAttributes: dropped))
    }
  }

  /// Notes the type of an error. Its message is left out: it may hold parts of a request.
  package func recordError<Instant: TracerInstant>(
    _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
  ) {
    guard isSampled else { return }
    var attributes = attributes
    attributes["exception.type"] = String(reflecting: type(of: error))
    addEvent(SpanEvent(name: "exception", at: instant(), attributes: attributes))
  }

  package func addLink(_ link: SpanLink) {
    guard let identity = link.context.spanIdentity else { return }
    change { [limits] span in
      guard span.links.count < limits.links else { return span.droppedLinks += 1 }
      let (kept, dropped) = limits.bounded(link.attributes, most: limits.linkAttributes)
      span.links.append(.init(identity: identity, attributes: kept, droppedAttributes: dropped))
    }
  }

  /// Puts the span into the queue; only the first call counts.
  package func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
    guard isSampled else { return }
    let end = instant().nanosecondsSinceEpoch
    let span: FinishedSpan? = state.withLock { state in
      guard !state.isEnded else { return nil }
      state.isEnded = true
      // The machine's clock may have been set back.
      state.span.end = max(end, state.span.start)
      return state.span
    }
    if let span { queue.append(span) }
  }

  private func change(_ body: (inout FinishedSpan) -> Void) {
    guard isSampled else { return }
    state.withLock { state in
      if !state.isEnded { body(&state.span) }
    }
  }
}
