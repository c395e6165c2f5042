/// How often a value fell into each of some buckets, for a Prometheus histogram.
package struct BucketCounts: Sendable, Equatable {
  /// Upper bounds, ascending; one more bucket has none.
  package let bounds: [Double]
  package private(set) var counts: [UInt64]
  package private(set) var sum = 0.0

  package init(_ bounds: [Double]) {
    self.bounds = bounds
    counts = Array(repeating: 0, count: bounds.count + 1)
  }

  package var count: UInt64 { counts.reduce(0, +) }

  package mutating func record(_ value: Double) {
    let value = max(value, 0)
    counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
    sum += value
  }

  /// Buckets of the GenAI histograms as OpenTelemetry has them.
  ///
  /// Source: opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/
  package static let tokens: [Double] = (0..<14).map { Double(1 << (2 * $0)) }
  package static let seconds: [Double] = (0..<14).map { Double(1 << $0) / 100 }
  /// OpenTelemetry's end at 10 s. The last five are Envoy AI Gateway's (github.com/envoyproxy/ai-gateway, internal/metrics/genai.go); streams
  /// that were held need them.
  package static let firstTokenSeconds: [Double] = [
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 15, 20, 30, 45, 60,
  ]
  /// From nothing to the longest hold.
  package static let heldSeconds: [Double] = [0.01, 0.1, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600]
}
