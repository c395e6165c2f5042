/// What a limit counts.
public enum Measure: Int, Sendable, CaseIterable, Hashable {
  case requestsPerMinute
  case tokensPerMinute
  case inputTokensPerMinute
  case outputTokensPerMinute
  case tokensPerDay
  /// Requests under way at once.
  case concurrency
}

extension Measure {
  @inline(__always)
  var bit: UInt8 { 1 << UInt8(rawValue) }
}
