/// What of CloudWatch's data a reader wants beside the sums; each costs further calls.
public struct UsageDetail: OptionSet, Sendable {
  public let rawValue: Int

  public init(rawValue: Int) { self.rawValue = rawValue }

  /// The average latency.
  public static let averageLatency = UsageDetail(rawValue: 1)
  /// Percentiles of the latency and of the time to the first token, over the whole window.
  public static let percentiles = UsageDetail(rawValue: 2)
  /// The same percentiles, period by period.
  public static let percentileSeries = UsageDetail(rawValue: 4)
  /// The projects of bedrock-mantle and the service tiers of bedrock-runtime.
  public static let breakdown = UsageDetail(rawValue: 8)
}
