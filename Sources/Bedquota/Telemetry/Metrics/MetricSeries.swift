import CoreMetrics
import Synchronization

/// One series of a counter, a gauge or a histogram, as swift-metrics writes into it.
///
/// Figures that no sum could take are ignored, and sums stop at what their type holds: nothing that is recorded ends a process.
package final class MetricSeries: Sendable {
  enum Kind: Hashable, Sendable { case counter, floatingPointCounter, gauge, recorder, timer }

  private struct State {
    /// Nil: nothing was recorded.
    var value: OTLPMetric.Number?
    var histogram: OTLPMetric.Histogram?
    var start: UInt64
  }

  private let now: @Sendable () -> UInt64
  private let state: Mutex<State>

  /// - Parameters:
  ///   - bounds: of a histogram; nil for other kinds.
  ///   - now: Unix nanoseconds.
  init(_ value: OTLPMetric.Number?, bounds: [Double]?, now: @escaping @Sendable () -> UInt64) {
    self.now = now
    let histogram = bounds.map {
      OTLPMetric.Histogram(bounds: $0, counts: Array(repeating: 0, count: $0.count + 1), count: 0, sum: 0)
    }
    state = Mutex(State(value: value, histogram: histogram, start: now()))
  }

  var number: (value: OTLPMetric.Number, start: UInt64)? {
    state.withLock { state in state.value.map { ($0, state.start) } }
  }

  /// Nil if nothing was recorded.
  var histogram: (value: OTLPMetric.Histogram, start: UInt64)? {
    state.withLock { state in state.histogram.flatMap { $0.count > 0 ? ($0, state.start) : nil } }
  }

  fileprivate func add(_ amount: Int64) {
    guard amount > 0 else { return }
    state.withLock { state in
      guard case .int(let value) = state.value else { return }
      let (sum, isTooLarge) = value.addingReportingOverflow(amount)
      state.value = .int(isTooLarge ? .max : sum)
    }
  }

  fileprivate func add(_ amount: Double) {
    guard amount.isFinite else { return }
    state.withLock { state in
      switch state.value {
      case .double(let value): state.value = .double(Self.finite(value + amount))
      case .int(let value): state.value = .double(Self.finite(Double(value) + amount))
      case nil: state.value = .double(amount)
      }
    }
  }

  fileprivate func assign(_ value: OTLPMetric.Number) {
    if case .double(let value) = value, !value.isFinite { return }
    state.withLock { $0.value = value }
  }

  fileprivate func observe(_ value: Double) {
    guard value.isFinite else { return }
    state.withLock { state in
      guard var histogram = state.histogram else { return }
      // So that the counts have one owner and aren't copied.
      state.histogram = nil
      histogram.counts[histogram.bounds.firstIndex { value <= $0 } ?? histogram.bounds.count] += 1
      histogram.count += 1
      histogram.sum = value < 0 ? nil : histogram.sum.map { Self.finite($0 + value) }
      state.histogram = histogram
    }
  }

  private static func finite(_ value: Double) -> Double {
    min(max(value, -.greatestFiniteMagnitude), .greatestFiniteMagnitude)
  }
}

extension MetricSeries: CounterHandler, FloatingPointCounterHandler {
  package func increment(by amount: Int64) { add(amount) }

  package func increment(by amount: Double) { add(max(amount, 0)) }

  /// Begins at zero again.
  package func reset() {
    let now = now()
    state.withLock { state in
      if case .int = state.value { state.value = .int(0) } else { state.value = .double(0) }
      state.start = now
    }
  }
}

extension MetricSeries: MeterHandler {
  package func set(_ value: Int64) { assign(.int(value)) }
  package func set(_ value: Double) { assign(.double(value)) }
  package func decrement(by amount: Double) { add(-max(amount, 0)) }
}

extension MetricSeries: RecorderHandler {
  package func record(_ value: Int64) {
    if isHistogram { observe(Double(value)) } else { assign(.int(value)) }
  }

  package func record(_ value: Double) {
    if isHistogram { observe(value) } else { assign(.double(value)) }
  }

  private var isHistogram: Bool { state.withLock { $0.histogram != nil } }
}

extension MetricSeries: TimerHandler {
  package func recordNanoseconds(_ duration: Int64) { observe(Double(max(duration, 0)) / 1e9) }
}
