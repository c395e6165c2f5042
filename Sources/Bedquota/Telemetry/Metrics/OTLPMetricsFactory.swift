package import CoreMetrics
import Synchronization

/// Gathers what is recorded with swift-metrics, for an export as OTLP.
///
/// Counters become sums, meters and gauges become gauges, recorders become histograms, and timers histograms in seconds. All of
/// them count from the time when they were made, which is what OpenTelemetry calls cumulative.
package final class OTLPMetricsFactory: MetricsFactory {
  private struct Key: Hashable {
    var kind: MetricSeries.Kind
    var label: String
    var attributes: [OTLPAttribute]
  }

  private struct Entry {
    var series: MetricSeries
    /// Several instruments may write into the same series.
    var users: Int
  }

  private struct State {
    var entries: [Key: Entry] = [:]
    var keys: [ObjectIdentifier: Key] = [:]
    var counts: [String: Int] = [:]
  }

  /// Series of one metric; what comes later is gathered in one with the attribute `otel.metric.overflow`, as OpenTelemetry's
  /// own libraries do.
  package static let seriesMax = 2_000
  private static let overflow = [OTLPAttribute("otel.metric.overflow", .bool(true))]
  private static let valueBytesMax = 1_024

  private let now: @Sendable () -> UInt64
  private let state = Mutex(State())

  /// - Parameter now: Unix nanoseconds.
  package init(now: @escaping @Sendable () -> UInt64) { self.now = now }

  // MARK: - For swift-metrics

  package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    series(.counter, label, dimensions)
  }

  package func makeFloatingPointCounter(label: String, dimensions: [(String, String)]) -> any FloatingPointCounterHandler {
    series(.floatingPointCounter, label, dimensions)
  }

  package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    series(.gauge, label, dimensions)
  }

  package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
    series(aggregate ? .recorder : .gauge, label, dimensions)
  }

  package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    series(.timer, label, dimensions)
  }

  package func destroyCounter(_ handler: any CounterHandler) { destroy(handler) }
  package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { destroy(handler) }
  package func destroyMeter(_ handler: any MeterHandler) { destroy(handler) }
  package func destroyRecorder(_ handler: any RecorderHandler) { destroy(handler) }
  package func destroyTimer(_ handler: any TimerHandler) { destroy(handler) }

  private func series(_ kind: MetricSeries.Kind, _ label: String, _ dimensions: [(String, String)]) -> MetricSeries {
    var values: [String: String] = [:]
    for (name, value) in dimensions where !name.isEmpty {
      values[name] = value.utf8.count <= Self.valueBytesMax ? value : String(value.unicodeScalars.prefix(Self.valueBytesMax))
    }
    var key = Key(
      kind: kind, label: label, attributes: values.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })
    return state.withLock { state in
      if state.entries[key] == nil, state.counts[label, default: 0] >= Self.seriesMax { key.attributes = Self.overflow }
      if let entry = state.entries[key] {
        state.entries[key]?.users += 1
        return entry.series
      }
      let series = Self.make(kind, label, now)
      state.entries[key] = Entry(series: series, users: 1)
      state.keys[ObjectIdentifier(series)] = key
      state.counts[label, default: 0] += 1
      return series
    }
  }

  private static func make(_ kind: MetricSeries.Kind, _ label: String, _ now: @escaping @Sendable () -> UInt64) -> MetricSeries {
    switch kind {
    case .counter: MetricSeries(.int(0), bounds: nil, now: now)
    case .floatingPointCounter: MetricSeries(.double(0), bounds: nil, now: now)
    case .gauge: MetricSeries(nil, bounds: nil, now: now)
    case .recorder: MetricSeries(nil, bounds: label == tokenUsage ? HistogramBounds.tokens : HistogramBounds.values, now: now)
    case .timer:
      MetricSeries(nil, bounds: label.hasPrefix("gen_ai.") ? HistogramBounds.requests : HistogramBounds.seconds, now: now)
    }
  }

  private func destroy(_ handler: AnyObject) {
    state.withLock { state in
      guard let key = state.keys[ObjectIdentifier(handler)] else { return }
      state.entries[key]?.users -= 1
      guard state.entries[key]?.users == 0 else { return }
      state.entries[key] = nil
      state.keys[ObjectIdentifier(handler)] = nil
      let count = state.counts[key.label, default: 1] - 1
      state.counts[key.label] = count > 0 ? count : nil
    }
  }

  // MARK: - For the export

  private static let tokenUsage = "gen_ai.client.token.usage"

  /// What was recorded until now, in the order of names and attributes.
  package var metrics: [OTLPMetric] {
    let entries = state.withLock { $0.entries.map { ($0.key, $0.value.series) } }
    let groups = Dictionary(grouping: entries) { Group(kind: $0.0.kind, label: $0.0.label) }
    return groups.map { group, entries in
      let sorted = entries.map { (attributes: $0.0.attributes, series: $0.1) }.sorted {
        $0.attributes.map(\.text).lexicographicallyPrecedes($1.attributes.map(\.text))
      }
      return OTLPMetric(group.label, unit: Self.unit(group), Self.points(group.kind, sorted))
    }
    .filter { $0.count > 0 }.sorted { ($0.name, $0.order) < ($1.name, $1.order) }
  }

  private struct Group: Hashable {
    var kind: MetricSeries.Kind
    var label: String
  }

  private static func unit(_ group: Group) -> String {
    group.kind == .timer ? "s" : group.label == tokenUsage ? "{token}" : ""
  }

  private static func points(
    _ kind: MetricSeries.Kind, _ all: [(attributes: [OTLPAttribute], series: MetricSeries)]
  ) -> OTLPMetric.Points {
    func numbers() -> [OTLPMetric.Point<OTLPMetric.Number>] {
      all.compactMap { attributes, series in series.number.map { .init(attributes, start: $0.start, $0.value) } }
    }
    switch kind {
    case .counter, .floatingPointCounter: return .sum(numbers(), isMonotonic: true)
    case .gauge: return .gauge(numbers())
    case .recorder, .timer:
      return .histogram(
        all.compactMap { attributes, series in series.histogram.map { .init(attributes, start: $0.start, $0.value) } })
    }
  }
}

extension OTLPAttribute {
  /// For an order.
  fileprivate var text: String { if case .string(let value) = value { "\(name)=\(value)" } else { name } }
}

extension OTLPMetric {
  fileprivate var order: Int {
    switch points {
    case .sum: 0
    case .gauge: 1
    case .histogram: 2
    }
  }
}
