/// Shares of a quota that tables, pages, advice and checks treat alike.
public enum UtilizationLevel {
  /// At or above this share, a quota's usage is high and it is time to act.
  ///
  /// Source: AWS Trusted Advisor's checks of service limits turn yellow at 80 % of a limit.
  public static let high = 0.8
  /// At or above this share, a quota is full: requests are throttled now or soon. The value is our choice; CloudWatch's minutes
  /// hide shorter bursts.
  public static let full = 0.95
}
