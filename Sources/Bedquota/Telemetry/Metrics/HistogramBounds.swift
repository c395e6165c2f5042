/// The upper bounds of histograms.
enum HistogramBounds {
  /// Source: opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/
  static let tokens: [Double] = (0..<14).map { Double(1 << (2 * $0)) }
  static let requests: [Double] = (0..<14).map { Double(1 << $0) / 100 }
  /// OpenTelemetry's for times, and behind them what a request may wait.
  static let seconds: [Double] = [
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 30, 60, 120, 300, 600,
  ]
  /// Source: opentelemetry.io/docs/specs/otel/metrics/sdk/#explicit-bucket-histogram-aggregation
  static let values: [Double] = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000]
}
