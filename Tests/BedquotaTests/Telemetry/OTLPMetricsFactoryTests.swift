import Bedquota
import Metrics
import Synchronization
import Testing

struct OTLPMetricsFactoryTests {
  private final class Now: Sendable {
    private let state = Mutex<UInt64>(100)
    var value: UInt64 { state.withLock { $0 } }
    func pass() { state.withLock { $0 += 100 } }
  }

  private let now = Now()
  private let factory: OTLPMetricsFactory

  init() { factory = OTLPMetricsFactory { [now] in now.value } }

  private func numbers(_ name: String) -> [OTLPMetric.Point<OTLPMetric.Number>] {
    switch factory.metrics.first(where: { $0.name == name })?.points {
    case .sum(let points, _), .gauge(let points): points
    default: []
    }
  }

  private func histogram(_ name: String) throws -> OTLPMetric.Histogram {
    guard case .histogram(let points) = factory.metrics.first(where: { $0.name == name })?.points, points.count == 1 else {
      throw BedquotaError(.response, "There is no histogram.")
    }
    return points[0].value
  }

  @Test func countersGrowFromTheirStart() {
    let counter = Counter(label: "c", dimensions: [("b", "2"), ("a", "1")], factory: factory)
    now.pass()
    counter.increment(by: 2)
    counter.increment()
    let attributes = [OTLPAttribute("a", .string("1")), OTLPAttribute("b", .string("2"))]
    #expect(factory.metrics == [OTLPMetric("c", .sum([.init(attributes, start: 100, .int(3))], isMonotonic: true))])
    counter.reset()
    #expect(numbers("c") == [.init(attributes, start: 200, .int(0))])
  }

  @Test func countersStopAtTheLargestNumber() {
    let counter = Counter(label: "c", factory: factory)
    counter.increment(by: Int64.max)
    counter.increment(by: Int64.max)
    #expect(numbers("c").map(\.value) == [.int(.max)])
    let floating = FloatingPointCounter(label: "f", factory: factory)
    for amount in [1.5, .nan, .infinity, -3, 0.25] { floating.increment(by: amount) }
    #expect(numbers("f").map(\.value) == [.double(1.75)])
  }

  @Test func gaugesHaveTheLastValue() {
    let meter = Meter(label: "m", factory: factory)
    let gauge = Gauge(label: "g", factory: factory)
    #expect(factory.metrics.isEmpty)
    meter.set(5)
    meter.increment(by: 2.5)
    meter.decrement(by: 0.5)
    gauge.record(1.5)
    gauge.record(7)
    gauge.record(Double.nan)
    #expect(factory.metrics.map(\.name) == ["g", "m"])
    #expect(numbers("m").map(\.value) == [.double(7)] && numbers("g").map(\.value) == [.int(7)])
  }

  @Test func timersAreHistogramsInSeconds() throws {
    let timer = Timer(label: "gen_ai.client.operation.duration", factory: factory)
    #expect(factory.metrics.isEmpty)
    for milliseconds in [10, 11, 250, 1_000_000] { timer.recordMilliseconds(milliseconds) }
    timer.recordNanoseconds(-5)
    let histogram = try histogram("gen_ai.client.operation.duration")
    #expect(factory.metrics.first?.unit == "s" && histogram.count == 5 && histogram.counts.reduce(0, +) == 5)
    #expect(histogram.counts.count == histogram.bounds.count + 1)
    #expect(histogram.counts[0] == 2 && histogram.counts[1] == 1 && histogram.counts.last == 1)
    #expect(abs((histogram.sum ?? 0) - 1_000.271) < 1e-9)
  }

  @Test func recordersAreHistograms() throws {
    let recorder = Recorder(label: "gen_ai.client.token.usage", dimensions: [("gen_ai.token.type", "input")], factory: factory)
    recorder.record(1)
    recorder.record(5)
    recorder.record(Double.infinity)
    let tokens = try histogram("gen_ai.client.token.usage")
    #expect(factory.metrics.first?.unit == "{token}" && tokens.bounds.prefix(3) == [1, 4, 16])
    #expect(tokens.counts.prefix(3) == [1, 0, 1] && tokens.count == 2 && tokens.sum == 6)
    let other = Recorder(label: "r", factory: factory)
    other.record(-1)
    other.record(3)
    // It might fall.
    #expect(try histogram("r").sum == nil && (try histogram("r").count) == 2)
  }

  @Test func theSameSeriesIsShared() {
    let first = Counter(label: "c", dimensions: [("a", "1"), ("b", "2")], factory: factory)
    let second = Counter(label: "c", dimensions: [("b", "2"), ("a", "1")], factory: factory)
    let other = Counter(label: "c", dimensions: [("a", "2")], factory: factory)
    first.increment()
    second.increment()
    #expect(numbers("c").map(\.value) == [.int(2), .int(0)])
    // Until its last user is gone.
    first.destroy()
    #expect(numbers("c").count == 2)
    second.destroy()
    #expect(numbers("c").map(\.value) == [.int(0)])
    other.destroy()
    #expect(factory.metrics.isEmpty)
  }

  @Test func tooManySeriesAreGathered() {
    let most = OTLPMetricsFactory.seriesMax
    for index in 0..<most + 10 { Counter(label: "c", dimensions: [("n", "\(index)")], factory: factory).increment() }
    let overflow = numbers("c").filter { $0.attributes == [OTLPAttribute("otel.metric.overflow", .bool(true))] }
    #expect(numbers("c").count == most + 1 && overflow.map(\.value) == [.int(10)])
    // Another metric has room of its own.
    Counter(label: "d", dimensions: [("n", "1")], factory: factory).increment()
    #expect(numbers("d").count == 1)
  }

  @Test func longValuesAreCut() throws {
    Counter(label: "c", dimensions: [("a", String(repeating: "x", count: 5_000)), ("", "y")], factory: factory).increment()
    #expect(numbers("c").first?.attributes == [OTLPAttribute("a", .string(String(repeating: "x", count: 1_024)))])
  }

  @Test(.timeLimit(.minutes(1))) func manyThreadsLoseNothing() async {
    await withTaskGroup { group in
      for _ in 0..<8 {
        group.addTask { [factory] in
          let (counter, timer) = (Counter(label: "c", factory: factory), Timer(label: "t", factory: factory))
          for _ in 0..<1_000 {
            counter.increment()
            timer.recordMilliseconds(1)
            if Int.random(in: 0..<100) == 0 { _ = factory.metrics }
          }
        }
      }
    }
    #expect(numbers("c").map(\.value) == [.int(8_000)] && (try? histogram("t").count) == 8_000)
  }
}
