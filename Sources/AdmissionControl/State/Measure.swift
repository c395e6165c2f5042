/// What a limit counts.
public enum Measure: Int, Sendable, CaseIterable, Hashable {
  /// Requests, each as one.
  case requestsPerMinute
  /// Input and output tokens together.
  case tokensPerMinute
  /// Input tokens alone.
  case inputTokensPerMinute
  /// Output tokens alone.
  case outputTokensPerMinute
  /// Input and output tokens together.
  case tokensPerDay
  /// Requests in flight.
  case concurrency
}

extension Measure {
  /// One bit for each measure, for sets in a byte.
  @inline(__always)
  var bit: UInt8 { 1 << UInt8(rawValue) }

  /// Whether the limit is per minute, so that requests are paced. A daily limit and a limit on requests in flight are not.
  var isPerMinute: Bool { self != .tokensPerDay && self != .concurrency }

  /// The name in messages.
  package var name: String {
    switch self {
    case .requestsPerMinute: "requests per minute"
    case .tokensPerMinute: "tokens per minute"
    case .inputTokensPerMinute: "input tokens per minute"
    case .outputTokensPerMinute: "output tokens per minute"
    case .tokensPerDay: "tokens per day"
    case .concurrency: "concurrent requests"
    }
  }
}
