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

  /// Whether requests are spread over a minute: neither a daily limit nor a count of requests in flight is.
  var isPerMinute: Bool { self != .tokensPerDay && self != .concurrency }

  /// As messages name it.
  var name: String {
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
