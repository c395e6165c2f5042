/// Shares of a quota that tables, pages, advice and checks treat alike.
public enum UtilizationLevel {
  /// From here on a quota is high: time to act.
  ///
  /// Source: AWS Trusted Advisor's checks of service limits turn yellow at 80 % of a limit.
  public static let high = 0.8
  /// From here on a quota is full: requests are throttled now or soon. Our choice; CloudWatch's minutes hide shorter bursts.
  public static let full = 0.95
}
