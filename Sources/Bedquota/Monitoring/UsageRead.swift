/// What ``QuotaMonitor`` read.
public struct UsageRead: Sendable {
  /// A report for each id that was asked for, in that order; or for each pool with traffic, the busiest first.
  public var reports: [UsageReport]
  /// What CloudWatch said about its own answers, such as that data are incomplete.
  public var messages: [String]
  /// What GetMetricData was asked for.
  package var requested = MetricDataCount.Counts()
}
