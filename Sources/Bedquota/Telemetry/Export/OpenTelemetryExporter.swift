import CoreMetrics
import Synchronization
import Tracing

/// Sends the spans and metrics of this process to an OpenTelemetry collector, as JSON over HTTP.
///
/// ```swift
/// if let settings = try OpenTelemetrySettings(environment: environment, serviceName: "summaries") {
///   let exporter = OpenTelemetryExporter(settings, tell: tell, send: send)
///   exporter.bootstrap()
///   await exporter.run()  // Until the task is cancelled.
/// }
/// ```
///
/// What is recorded waits in bounded room. Nobody who records waits.
package final class OpenTelemetryExporter: Sendable {
  private typealias Read = @Sendable () -> [OTLPMetric]

  /// For the last export, in all.
  package static let flushTime = Duration.seconds(5)

  package let settings: OpenTelemetrySettings
  /// Nil if traces go nowhere.
  package let tracer: OTLPTracer?
  /// Nil if metrics go nowhere.
  package let factory: OTLPMetricsFactory?
  package let queue: SpanQueue

  private let clock: ExportClock
  private let start: UInt64
  private let flushTime: Duration
  private let tell: @Sendable (OpenTelemetryNotice) -> Void
  private let traces: Signal?
  private let metrics: Signal?
  private let reads = Mutex<[(scope: OTLPScope, read: Read)]>([])

  /// A signal that goes somewhere.
  private final class Signal: Sendable {
    let sender: OTLPSender
    let health: Mutex<ExportHealth>

    init(_ signal: OTLPSignal, _ name: ExportHealth.Signal, _ clock: ExportClock, _ send: @escaping OTLPSender.Send) {
      sender = OTLPSender(signal, clock: clock, send: send)
      health = Mutex(ExportHealth(name, place: signal.place))
    }
  }

  /// - Parameters:
  ///   - tell: gets warnings about settings, and each change between a collector that works and one that doesn't.
  ///   - send: one HTTP POST.
  package init(
    _ settings: OpenTelemetrySettings, flushTime: Duration = flushTime, clock: ExportClock = .system,
    tell: @escaping @Sendable (OpenTelemetryNotice) -> Void, send: @escaping OTLPSender.Send
  ) {
    self.settings = settings
    (self.clock, self.flushTime, self.tell) = (clock, flushTime, tell)
    start = clock.unixNanoseconds()
    let queue = SpanQueue(spansMax: settings.batches.spansMax, batchMax: settings.batches.batchMax)
    self.queue = queue
    traces = settings.traces.map { Signal($0, .traces, clock, send) }
    metrics = settings.metrics.map { Signal($0, .metrics, clock, send) }
    tracer = settings.traces.map { _ in
      OTLPTracer(queue: queue, sampler: settings.sampler, limits: settings.limits, propagates: settings.propagates)
    }
    factory = settings.metrics.map { _ in OTLPMetricsFactory(now: clock.unixNanoseconds) }
    for warning in settings.warnings { tell(OpenTelemetryNotice(isProblem: true, text: warning)) }
  }

  private static let isSetUp = Mutex((tracing: false, metrics: false))

  /// Makes this the process's tracer and metrics factory, of those that go somewhere. Only the first exporter of a process can be.
  ///
  /// A program that has set up its own before must say so here, because the libraries end a process that sets up two.
  package func bootstrap(metrics: Bool = true) {
    let (setsTracer, setsFactory) = Self.isSetUp.withLock { done in
      let first = (tracer != nil && !done.tracing, metrics && factory != nil && !done.metrics)
      done = (done.tracing || first.0, done.metrics || first.1)
      return first
    }
    if setsTracer, let tracer { InstrumentationSystem.bootstrap(tracer) }
    if setsFactory, let factory { MetricsSystem.bootstrap(factory) }
  }

  /// Adds metrics that are read at each export. They must not have the names of others that are exported.
  /// - Parameter read: is called on a thread of the exporter.
  package func addMetrics(scope: OTLPScope = .library, _ read: @escaping @Sendable () -> [OTLPMetric]) {
    reads.withLock { $0.append((scope, read)) }
  }

  /// Exports until the task is cancelled, and then what is left, within the time for it.
  package func run() async {
    await withTaskGroup { group in
      if traces != nil { group.addTask { await self.exportTraces() } }
      if metrics != nil { group.addTask { await self.exportMetrics() } }
    }
    // In a task of its own, which isn't cancelled.
    await Task { await flush() }.value
  }

  // MARK: - Traces

  private func exportTraces() async {
    while !Task.isCancelled {
      await waitForSpans()
      // Cancelled: the last export sends them.
      while !Task.isCancelled {
        let batch = queue.takeBatch()
        guard !batch.isEmpty else { break }
        let outcome = await export(batch, within: settings.batches.timeout)
        if case .later(let pause, _)? = outcome { try? await clock.sleep(pause) }
        if queue.count < settings.batches.batchMax { break }
      }
    }
  }

  private func waitForSpans() async {
    await withTaskGroup { group in
      group.addTask { [clock, settings] in try? await clock.sleep(settings.batches.delay) }
      group.addTask { [queue] in await queue.waitForBatch() }
      await group.next()
      group.cancelAll()
    }
  }

  /// Sends a batch, or gives it back to the queue if it may be sent later.
  /// - Returns: nil if traces go nowhere.
  private func export(_ batch: [FinishedSpan], within time: Duration) async -> ExportOutcome? {
    guard let traces else { return nil }
    let outcome = await traces.sender.export(OTLPTraces.body(batch, resource: settings.resource), within: time)
    note(outcome, items: batch.count, traces)
    let dropped = queue.newlyDropped
    if let notice = traces.health.withLock({ $0.note(dropped: dropped) }) { tell(notice) }
    switch outcome {
    case .cancelled, .later: queue.giveBack(batch)
    case .delivered, .away, .refused: break
    }
    return outcome
  }

  private func note(_ outcome: ExportOutcome, items: Int, _ signal: Signal) {
    if let notice = signal.health.withLock({ $0.note(outcome, items: items) }) { tell(notice) }
  }

  // MARK: - Metrics

  private func exportMetrics() async {
    while !Task.isCancelled {
      do { try await clock.sleep(settings.metricInterval) } catch { return }
      let pause = await exportMetricsOnce(within: settings.metricTimeout)
      // Sums say the same a little later.
      if let pause, pause > settings.metricInterval { try? await clock.sleep(pause - settings.metricInterval) }
    }
  }

  private func exportMetricsOnce(within time: Duration) async -> Duration? {
    guard let metrics, let factory else { return nil }
    let reads = reads.withLock { $0 }
    let all =
      factory.metrics.map { (scope: OTLPScope.library, metric: $0) }
      + reads.flatMap { source in source.read().map { (source.scope, $0) } }
    let encoder = OTLPMetrics(resource: settings.resource, start: start, now: clock.unixNanoseconds())
    let end = clock.uptime() + time
    for (body, points) in encoder.bodies(all) {
      let outcome = await metrics.sender.export(body, within: end - clock.uptime())
      note(outcome, items: points, metrics)
      switch outcome {
      case .delivered, .refused: continue
      case .later(let pause, _): return pause
      case .away, .cancelled: return nil
      }
    }
    return nil
  }

  // MARK: - The end

  private func flush() async {
    let end = clock.uptime() + flushTime
    let isDone: Bool? = try? await clock.within(flushTime) {
      await withTaskGroup { group in
        group.addTask { await self.flushTraces(until: end) }
        group.addTask { _ = await self.exportMetricsOnce(within: end - self.clock.uptime()) }
      }
      return true
    }
    let left = queue.count
    guard left > 0 || isDone == nil, let place = (settings.traces ?? settings.metrics)?.place else { return }
    let losses = left > 0 ? "\(left) spans were not sent" : "the last metrics were not sent"
    tell(OpenTelemetryNotice(isProblem: true, text: "The last export to \(place) was not complete: \(losses)."))
  }

  private func flushTraces(until end: Duration) async {
    while true {
      let batch = queue.takeBatch()
      guard !batch.isEmpty else { return }
      let left = end - clock.uptime()
      guard left > .zero else { return queue.giveBack(batch) }
      switch await export(batch, within: left) {
      case .delivered?, .refused?: continue
      // A collector that wants to be left alone, or is away, gets no second batch.
      case .later?, .away?, .cancelled?, nil: return
      }
    }
  }
}
